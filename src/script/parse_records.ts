import type { JobRecord, RecordEntry } from "../model/job_record.ts";

/**
 * The records in a file's text, and the number of bytes up to the end of its last
 * complete line, from where to read next. A line that does not end in its own
 * length is ignored: it was torn, is a hole, or was not written by a job.
 */
export function parseRecords(
  text: string | Uint8Array,
): { readonly records: readonly JobRecord[]; readonly bytes: number } {
  const all = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const bytes = all.lastIndexOf(NEWLINE) + 1;
  const lines = new TextDecoder().decode(all.subarray(0, bytes)).split("\n");
  return { records: lines.flatMap((line) => parseLine(line) ?? []), bytes };
}

const NEWLINE = 10;

function parseLine(line: string): JobRecord | null {
  // The bash that reads its own record ignores NULs too.
  const checked = line.replaceAll("\0", "").match(/^(.*) #(\d+)$/);
  if (!checked || checked[1]!.length !== Number(checked[2])) return null;
  const found = shapes.find(({ shape }) => shape.test(checked[1]!));
  return found
    ? read(found.type, checked[1]!.match(found.shape)!.groups!)
    : null;
}

/** The words of each type of record, after its first two. */
const words: {
  readonly [type in RecordEntry["type"]]: readonly (keyof typeof patterns)[];
} = {
  taskStarted: ["task", "time"],
  taskExited: ["task", "code", "time"],
  jobStarted: ["id", "host", "time"],
  jobEnded: ["failed", "time"],
  taskSkipped: ["task"],
  taskHint: ["task", "command"],
  taskError: ["task", "line"],
  jobWarning: ["warning"],
  jobStopped: ["reason", "owner", "time"],
};

/** Words that records of older versions do not have, after the others. */
const laterWords: {
  readonly [type in RecordEntry["type"]]?: readonly (keyof typeof patterns)[];
} = { taskStarted: ["stdoutBytes", "stderrBytes"] };

const patterns = {
  id: /\S+/,
  host: /\S+/,
  task: /\S+/,
  command: /\S+/,
  line: /\S+/,
  owner: /\S+/,
  reason: /duplicate|fenced|superseded|signal|removed/,
  warning: /moduleNotFound/,
  // As many digits as such a number can have: a longer one would lose precision in the journal.
  code: /\d{1,9}/,
  failed: /\d{1,9}/,
  time: /\d{1,12}(?:\.\d{1,9})?/,
  stdoutBytes: /\d{1,15}/,
  stderrBytes: /\d{1,15}/,
};

const numbers: readonly string[] = [
  "code",
  "failed",
  "time",
  "stdoutBytes",
  "stderrBytes",
];

const shapes = keysOf(words).map((type) => {
  const group = (name: keyof typeof patterns) =>
    ` (?<${name}>${patterns[name].source})`;
  const later = laterWords[type] ?? [];
  const rest = words[type].map(group).join("") +
    later.map((name) => `(?:${group(name)}`).join("") +
    ")?".repeat(later.length);
  return {
    type,
    shape: new RegExp(
      `^(?<job>[a-z][a-z0-9]*)(?:\\.(?<element>\\d{1,9}))? ${type}${rest}$`,
    ),
  };
});

function read(
  type: string,
  { job, element, ...rest }: { readonly [name: string]: string | undefined },
): JobRecord {
  const values = Object.entries(rest).filter(([, text]) => text !== undefined)
    .map(([name, text]) => [
      name,
      numbers.includes(name)
        ? Number(text)
        : name === "line"
        ? lineOf(text!)
        : text,
    ]);
  return {
    job,
    element: element === undefined ? null : Number(element),
    type,
    ...Object.fromEntries(values),
  };
}

/** The runner writes a line as one word. */
function lineOf(word: string): string {
  return word.replaceAll("%20", " ").replaceAll("%25", "%");
}

function keysOf<K extends string>(
  record: Readonly<Record<K, unknown>>,
): readonly K[] {
  return Object.keys(record) as K[];
}
