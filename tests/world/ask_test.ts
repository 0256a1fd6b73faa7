import { match, ok, strictEqual } from "node:assert/strict";
import { run } from "../helpers/far_side.ts";

const typist = new URL("../helpers/typist.py", import.meta.url).pathname;
const ask = new URL("../../src/world/ask.ts", import.meta.url).href;

/** A program that asks, with its stdin elsewhere, and tells what it heard. */
const program = (hidden: boolean) => `
import { askTerminal } from ${JSON.stringify(ask)};
console.log("heard " + JSON.stringify(askTerminal("Word\\nfor it? ", ${hidden})));`;

/** What the terminal shows where these keys are typed. */
async function typed(
  keys: string,
  { hidden = true } = {},
): Promise<{ readonly shown: string; readonly heard: string | null }> {
  const { stdout } = await run([
    ...["python3", typist, "for it? "],
    new TextEncoder().encode(keys).toHex(),
    ...["sh", "-c", `"$@" </dev/null; stty -a`, "sh"],
    ...["deno", "eval", "--quiet", program(hidden)],
  ]);
  const [, shown, heard, rest] = /^(.*)heard (.+?)\r\n(.*)$/s.exec(stdout) ??
    [];
  ok(shown !== undefined, stdout);
  // The terminal is left as it was.
  match(rest!, / icanon.* echo /s);
  // Terminals differ in whether they put a carriage return before a line break.
  return { shown: shown.replace(/\r+\n/g, "\n"), heard: JSON.parse(heard!) };
}

Deno.test("What is typed hidden is heard and not shown, whatever stdin is", async () => {
  const { shown, heard } = await typed("s3cret é✓\r");
  strictEqual(heard, "s3cret é✓");
  strictEqual(shown, "\rWord\nfor it? \n");
});

Deno.test("What is typed openly is shown as it is", async () => {
  const { shown, heard } = await typed("yes é✓\n", { hidden: false });
  strictEqual(heard, "yes é✓");
  strictEqual(shown, "\rWord\nfor it? yes é✓\n");
});

Deno.test("Letters are taken back one by one, however many bytes they have, and all at once", async () => {
  const back = await typed("ab✓\x7f\bc\r", { hidden: false });
  strictEqual(back.heard, "ac");
  ok(back.shown.includes("ab✓\b \b\b \bc"), JSON.stringify(back.shown));
  strictEqual((await typed("wrong\x15\x7fright\r")).heard, "right");
});

Deno.test("Ctrl-C and Ctrl-D give up, and nobody is hurt", async () => {
  for (const key of ["\x03", "\x04"]) {
    strictEqual((await typed(`half${key}`)).heard, null);
  }
});

Deno.test("Where there is no terminal, nobody answers", async () => {
  const command = ["setsid", "-w", "deno", "eval", "--quiet", program(true)];
  strictEqual((await run(command, { stdin: "word\n" })).stdout, "heard null\n");
});
