import type { Reply } from "../../src/schedulers/scheduler.ts";

const folder = new URL("../transcripts/", import.meta.url);

/** The names of all transcripts. */
export function transcriptNames(): readonly string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name)
    .filter((name) => name.endsWith(".txt"))
    .map((name) => name.slice(0, -4)).sort();
}

/** What a real program said, as tests/transcripts keeps it: a line about the command, then stdout and stderr. */
export function transcript(name: string): Reply {
  const text = Deno.readTextFileSync(new URL(`${name}.txt`, folder));
  const [, code, stdout, stderr] =
    text.match(/^#.*\| exit (\d+)\n--- stdout\n([^]*?)--- stderr\n([^]*)$/) ??
      [];
  if (code === undefined) throw new Error(`${name} is no transcript`);
  return { code: Number(code), stdout: stdout!, stderr: stderr! };
}
