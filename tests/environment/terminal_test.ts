import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Terminal } from "../../src/environment/environment.ts";
import { type Ports, terminalOf } from "../../src/environment/terminal.ts";

/** A screen whose both sides end in one text. */
function screenInto(ports: Partial<Ports> = {}) {
  const written = { text: "" };
  const write = (text: string) => (written.text += text, null);
  const screen = terminalOf({
    out: write,
    err: write,
    columns: () => 20,
    ask: (question) => (write(question), Promise.resolve("yes")),
    color: true,
    ...ports,
  });
  return { screen, written };
}

const HOSTILE = "\x1b[2J\x9b31m\x07\r\u202e";
const SHOWN = "\\x1b[2J\\x9b31m\\x07\\x0d\\u202e";

Deno.test("no text can control the terminal, whichever method writes it", async () => {
  const ways: Record<string, (screen: Terminal) => unknown> = {
    out: (screen) => screen.out(HOSTILE),
    err: (screen) => screen.err(HOSTILE),
    ask: (screen) => screen.ask(HOSTILE, { hidden: true }),
  };
  for (const [way, write] of Object.entries(ways)) {
    const { screen, written } = screenInto();
    await write(screen);
    strictEqual(written.text, SHOWN, way);
  }
  const { screen, written } = screenInto({ columns: () => 100 });
  screen.draw(`${HOSTILE}\nsecond`);
  strictEqual(written.text, `\r${SHOWN} second`);
});

Deno.test("a tone colours whole lines, and text cannot end or forge it", () => {
  const { screen, written } = screenInto();
  screen.err("a\x1b[0mb\nc\n", "failure");
  screen.err("news\n");
  strictEqual(
    written.text,
    "\x1b[31ma\\x1b[0mb\x1b[0m\n\x1b[31mc\x1b[0m\nnews\n",
  );
  const plain = screenInto({ color: false });
  plain.screen.err("a\n", "warning");
  strictEqual(plain.written.text, "a\n");
});

Deno.test("a drawn line fits after escaping, and is removed before lines that stay", () => {
  const { screen, written } = screenInto();
  screen.draw(`${"\x07".repeat(30)}`);
  strictEqual(written.text, `\r${"\\x07".repeat(5).slice(0, 19)}`);
  written.text = "";
  screen.err("told\n");
  strictEqual(written.text, `\r${" ".repeat(19)}\rtold\n`);
});

Deno.test("during a prompt nothing is drawn, and messages come after it", async () => {
  const answer = Promise.withResolvers<string>();
  const { screen, written } = screenInto({ ask: () => answer.promise });
  const asked = screen.ask("?", { hidden: false });
  screen.err("meanwhile\n");
  screen.draw("living");
  strictEqual(written.text, "");
  answer.resolve("yes");
  strictEqual(await asked, "yes");
  strictEqual(written.text, "meanwhile\n");
});

Deno.test("a stdout that cannot be written is reported once; a stderr that cannot be written is not written again", () => {
  const tries = { out: 0, err: 0 };
  const { screen } = screenInto({
    out: () => (tries.out++, "No space left on device"),
    err: () => (tries.err++, "Broken pipe"),
  });
  strictEqual(screen.outputLost.aborted, false);
  for (let times = 0; times < 3; times++) {
    screen.out("a\n");
    screen.err("b\n");
    screen.draw("c");
  }
  deepStrictEqual(tries, { out: 1, err: 1 });
  strictEqual(screen.outputLost.reason, "No space left on device");
});
