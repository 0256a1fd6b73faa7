/** Commands on the local host start with the limits that dpdisp was started with. */
import type { SoftLimits } from "../environment/environment.ts";

/** Shell text to put before a command. It also removes the launcher's variable, which jobs must not see. */
export function restoreLimits({ openFiles, addressSpace }: SoftLimits): string {
  const limits = [["n", openFiles], ["v", addressSpace]] as const;
  const commands = limits.flatMap(([letter, limit]) =>
    limit === null ? [] : `ulimit -S${letter} ${limit} 2>/dev/null; `
  );
  return `${commands.join("")}unset DPDISP_LIMITS; `;
}
