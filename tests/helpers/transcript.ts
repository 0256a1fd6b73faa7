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

/** The command line of a transcript, and the reply to it. The line about it is `# COMMAND | SYSTEM | DATE | SITUATION | exit N`. */
export function commandOf(
  name: string,
): { readonly command: string; readonly reply: Reply } {
  const text = Deno.readTextFileSync(new URL(`${name}.txt`, folder));
  const parts = text.split("\n", 1)[0]!.split(" | ");
  const command = parts.slice(0, -4).join(" | ").replace(/^# /, "");
  return { command, reply: transcript(name) };
}
