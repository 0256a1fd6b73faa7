/** What `pjacl` shows of a resource group: Command Reference (J2UL-2549), "pjacl". */
import { quote } from "../../script/quote.ts";
import { countOf, timeOf } from "../shared/queue_limits.ts";
import type { Scheduler } from "../scheduler.ts";

export const fugakuLimits: NonNullable<Scheduler["queueLimits"]> = {
  ask: ({ queue }) =>
    queue === ""
      ? "echo 'resources.queue_name names no resource group' >&2; false"
      : `pjacl --rg ${quote(queue)}`,
  parseQueue({ stdout }) {
    const options = upperLimitsIn(stdout);
    if (options.size === 0) return null;
    const memory = mibOf(options.get("node-mem"));
    return {
      walltimeSeconds: timeOf(options.get("elapse")),
      memoryMib: memory === null ? null : { most: memory, per: "node" },
      cpus: null,
      gpus: null,
      nodes: countOf(options.get("node")),
      jobs: null,
    };
  },
};

/** `(elapse=)   00:01:00   72:00:00   00:01:00`: lower limit, upper limit, default; by the option's name. */
function upperLimitsIn(stdout: string): ReadonlyMap<string, string> {
  return new Map(
    stdout.matchAll(
      /^[ \t]*\(([\w-]+)=\)[ \t]+\S+[ \t]+(\S+)[ \t]+\S+[ \t]*$/gm,
    )
      .map(([, name, upper]) => [name!, upper!] as const),
  );
}

/** Of `28Gi`; a number without a unit is not read. */
function mibOf(text: string | undefined): number | null {
  const [, number, unit] = /^(\d{1,9})([MG])i$/.exec(text ?? "") ?? [];
  return number === undefined
    ? null
    : Number(number) * (unit === "G" ? 1024 : 1);
}
