/** How far each record file was read, so that a poll does not print all lines again. */
import { parseRecords } from "../../script/parse_records.ts";

/** Bytes read of each record file, by its name. */
export type RecordOffsets = Map<string, number>;

/**
 * Sets the offsets to where the printed lines end; `from` is where the printing
 * began. Too little is harmless: a line that is read again changes nothing.
 */
export function advanceOffsets(
  offsets: RecordOffsets,
  from: ReadonlyMap<string, number>,
  printed: Uint8Array,
): void {
  const read = new Map<string, number>();
  for (const line of new TextDecoder("latin1").decode(printed).split("\n")) {
    const [record] = parseRecords(`${line}\n`).records;
    if (!record || isOfAnotherFile(record)) continue;
    const name = line.slice(0, line.indexOf(" "));
    read.set(name, (read.get(name) ?? from.get(name) ?? 0) + line.length + 1);
  }
  for (const [name, offset] of read) offsets.set(name, offset);
}

/** A copy that must not run the job writes into another file. */
function isOfAnotherFile(
  record: ReturnType<typeof parseRecords>["records"][number],
): boolean {
  return record.type === "jobStopped" &&
    (record.reason === "duplicate" || record.reason === "fenced");
}
