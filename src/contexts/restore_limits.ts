/** Commands of this machine start with the limits that dpdisp was started with. */
import type { SoftLimits } from "../environment/environment.ts";

/** Shell text to put before a command; the launcher's variable is not for jobs. */
export function restoreLimits({ openFiles, addressSpace }: SoftLimits): string {
  const limits = [["n", openFiles], ["v", addressSpace]] as const;
  const commands = limits.flatMap(([letter, limit]) =>
    limit === null ? [] : `ulimit -S${letter} ${limit} 2>/dev/null; `
  );
  return `${commands.join("")}unset DPDISP_LIMITS; `;
}
