import type { Reply } from "../../src/schedulers/scheduler.ts";

const folder = new URL("../transcripts/", import.meta.url);

/** What a real program said, as tests/transcripts keeps it: a line about the command, then stdout and stderr. */
export function transcript(name: string): Reply {
  const text = Deno.readTextFileSync(new URL(`${name}.txt`, folder));
  const [, code, stdout, stderr] =
    text.match(/^#.*\| exit (\d+)\n--- stdout\n([^]*?)--- stderr\n([^]*)$/) ??
      [];
  if (code === undefined) throw new Error(`${name} is no transcript`);
  return { code: Number(code), stdout: stdout!, stderr: stderr! };
}
