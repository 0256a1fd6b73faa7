/** How far each record file was read. */
import { parseRecords } from "../../script/parse_records.ts";

/** Bytes read of each record file, by its name. */
export type RecordOffsets = Map<string, number>;

/**
 * Advances the offsets by the printed lines. Too little is harmless: a line that is
 * read again changes nothing.
 */
export function advanceOffsets(
  offsets: RecordOffsets,
  printed: Uint8Array,
): void {
  for (const line of new TextDecoder("latin1").decode(printed).split("\n")) {
    const [record] = parseRecords(`${line}\n`).records;
    if (!record || isOfAnotherFile(record)) continue;
    const name = line.slice(0, line.indexOf(" "));
    offsets.set(name, (offsets.get(name) ?? 0) + line.length + 1);
  }
}

/** A copy that must not run the job writes into another file. */
function isOfAnotherFile(
  record: ReturnType<typeof parseRecords>["records"][number],
): boolean {
  return record.type === "jobStopped" &&
    (record.reason === "duplicate" || record.reason === "fenced");
}
