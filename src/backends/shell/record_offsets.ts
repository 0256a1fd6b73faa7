/** How far each record was read. */
import { parseRecords } from "../../script/parse_records.ts";

/** Bytes of each record that were read, by the record's name. */
export type RecordOffsets = Map<string, number>;

/**
 * Counts what was printed of records. Too few is harmless: a line that is
 * read again says nothing new.
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

/** A copy that may not run the job writes beside its record, not into it. */
function isOfAnotherFile(
  record: ReturnType<typeof parseRecords>["records"][number],
): boolean {
  return record.type === "leave" &&
    (record.reason === "duplicate" || record.reason === "fenced");
}
