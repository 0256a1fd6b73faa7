/** Tables that listing commands print: a listing in a layout that is not known is not an empty queue. */
import type { JobId, JobName } from "../../model/job.ts";
import type { QueueListing, Reply } from "../scheduler.ts";
import { QUEUE_ERRORS } from "./replies.ts";

/** A table's heading and its rows, each on a line of its own. */
export interface Layout {
  readonly heading: RegExp;
  /** The id, then the native state or the name, then an optional reason. */
  readonly row: RegExp;
  /** How many tables the commands print; one, where absent. */
  readonly tables?: number;
  /** The message for an id that is not known any more; without other jobs no heading precedes it. Absent: such ids are left out. */
  readonly unknownId?: RegExp;
}

/** Jobs by id. Complete only where every known heading is there and every row below was read. */
export function jobsIn(reply: Reply, layout: Layout): QueueListing {
  const { rows, isWhole } = readRows(reply.stdout, layout);
  return {
    entries: new Map(rows.map(([id, nativeState, reason]) => [id!, {
      nativeState: nativeState!,
      ...(reason && reason !== "-" && { reason }),
    }])),
    isComplete: isComplete(reply, layout, isWhole),
  };
}

/** Ids by name; null where the listing is not complete. */
export function foundIn(
  reply: Reply,
  layout: Layout,
): ReadonlyMap<JobName, JobId> | null {
  const { rows, isWhole } = readRows(reply.stdout, layout);
  return isComplete(reply, layout, isWhole)
    ? new Map(rows.map(([id, name]) => [name!, id!]))
    : null;
}

function isComplete(
  { code, stdout, stderr }: Reply,
  { unknownId }: Layout,
  isWhole: boolean | "no heading",
): boolean {
  const output = `${stderr}\n${stdout}`;
  const hasForgotten = unknownId?.test(output) === true &&
    !QUEUE_ERRORS.test(output);
  return isWhole === true
    ? code === 0 || hasForgotten
    : isWhole && hasForgotten;
}

/** A line that begins with a number is a row: other lines are those of a site's wrapper. */
const NUMBERED = /^[\s,|]*\d/;

/** Whether a listing without a heading has rows in another layout. */
export function hasUnreadRows(stdout: string, row: RegExp): boolean {
  return stdout.split("\n").some((line) =>
    NUMBERED.test(line) && !row.test(line)
  );
}

/**
 * The rows below the headings. `isWhole`: every one was read.
 */
function readRows(
  stdout: string,
  { heading, row, tables = 1 }: Layout,
): {
  readonly rows: readonly (readonly string[])[];
  readonly isWhole: boolean | "no heading";
} {
  const lines = stdout.split("\n").map((line) => line.trimEnd());
  const first = lines.findIndex((line) => heading.test(line));
  const below = first < 0 ? lines : lines.slice(first);
  const headings = below.filter((line) => heading.test(line)).length;
  const numbered = below.filter((line) => NUMBERED.test(line));
  const rows = first < 0 ? [] : numbered.flatMap((line) => {
    const [whole, ...cells] = row.exec(line) ?? [];
    return whole === undefined ? [] : [cells];
  });
  const isRead = rows.length === numbered.length;
  return {
    rows,
    isWhole: headings === 0
      ? isRead && "no heading"
      : isRead && headings >= tables,
  };
}
