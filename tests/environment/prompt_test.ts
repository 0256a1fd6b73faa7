import { match, ok, strictEqual } from "node:assert/strict";
import { run } from "../helpers/remote_dir.ts";
import { testsWith } from "../helpers/tools.ts";

const test = testsWith("python3");

const typist = `${import.meta.dirname}/../helpers/terminal_driver.py`;
const ask = new URL("../../src/environment/prompt.ts", import.meta.url).href;
const real = new URL("../../src/environment/mod.ts", import.meta.url).href;

/** A program that prompts, with its stdin redirected, and prints the answer. */
const program = (hidden: boolean, { question, meanwhile }: Asked = {}) => `
import { promptTerminal } from ${JSON.stringify(ask)};
setTimeout(() => { ${meanwhile ?? ""} }, 0);
const asked = [${JSON.stringify(question ?? "Word\nfor it? ")}, ${hidden}];
const answers = [await promptTerminal(...asked)];
if (answers[0] === null) answers.push(await promptTerminal(...asked));
console.log("heard " + JSON.stringify(answers.at(-1)));
// A key may still be waited for.
Deno.exit();`;

interface Asked {
  readonly question?: string;
  /** What the program does while it asks. */
  readonly meanwhile?: string;
  /** Another program. */
  readonly instead?: string;
}

/** What the terminal shows where these keys are typed. */
async function typed(
  keys: string,
  { hidden = true, shows = "for it? ", ...asked }: Asked & {
    readonly hidden?: boolean;
    /** Then the keys are typed. */
    readonly shows?: string;
  } = {},
): Promise<{ readonly shown: string; readonly answer: string | null }> {
  const { stdout } = await run([
    ...["timeout", "20", "python3", typist, shows],
    new TextEncoder().encode(keys).toHex(),
    ...["sh", "-c", `"$@" </dev/null; stty -a`, "sh"],
    ...[
      Deno.execPath(),
      "eval",
      "--quiet",
      asked.instead ?? program(hidden, asked),
    ],
  ]);
  const [, shown, answer, rest] = /^(.*)heard (.+?)\r\n(.*)$/s.exec(stdout) ??
    [];
  ok(shown !== undefined, stdout);
  // The terminal is left as it was.
  match(rest!, / icanon.* echo /s);
  // Terminals differ in whether they put a carriage return before a line break.
  return { shown: shown.replace(/\r+\n/g, "\n"), answer: JSON.parse(answer!) };
}

test("Hidden input is read and not shown, whatever stdin is", async () => {
  const { shown, answer } = await typed("s3cret é✓\r");
  strictEqual(answer, "s3cret é✓");
  strictEqual(shown, "\rWord\nfor it? \n");
});

test("Visible input is shown unchanged", async () => {
  const { shown, answer } = await typed("yes é✓\n", { hidden: false });
  strictEqual(answer, "yes é✓");
  strictEqual(shown, "\rWord\nfor it? yes é✓\n");
});

test("Characters are erased one by one, however many bytes they have, and all at once", async () => {
  const back = await typed("ab✓\x7f\bc\r", { hidden: false });
  strictEqual(back.answer, "ac");
  ok(back.shown.includes("ab✓\b \b\b \bc"), JSON.stringify(back.shown));
  strictEqual((await typed("wrong\x15\x7fright\r")).answer, "right");
});

test("Ctrl-C and Ctrl-D cancel a prompt, and the terminal is restored", async () => {
  for (const keys of ["half\x03", "half\x04x\x04"]) {
    strictEqual((await typed(keys)).answer, null);
  }
});

test("The program keeps running during a prompt, and a signal ends the prompt", async () => {
  const { answer } = await typed("late\r", {
    shows: "working",
    meanwhile: `console.log("working")`,
  });
  strictEqual(answer, "late");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    const meanwhile = `Deno.kill(Deno.pid, "${signal}")`;
    strictEqual((await typed("", { meanwhile })).answer, null, signal);
  }
});

test("Ctrl-C at a prompt calls the signal handlers", async () => {
  const { shown, answer } = await typed("\x03", {
    meanwhile: `Deno.addSignalListener("SIGINT", () => console.log("leaves"))`,
  });
  match(shown, /leaves/);
  strictEqual(answer, null);
});

test("A program that ends during a prompt restores the terminal", async () => {
  const meanwhile = `console.log("heard 1"); Deno.exit()`;
  strictEqual((await typed("", { meanwhile })).answer, 1);
});

test("Messages during a prompt are shown after the answer", async () => {
  const { shown, answer } = await typed("yes\r", {
    shows: "working",
    instead: `
      const { realEnvironment } = await import(${JSON.stringify(real)});
      const { terminal: screen } = realEnvironment();
      screen.ask("Sure? ", { hidden: true }).then((said) => {
        screen.err("after\\n");
        console.log("heard " + JSON.stringify(said));
        Deno.exit();
      });
      screen.err("meanwhile\\n");
      console.log("working");`,
  });
  strictEqual(answer, "yes");
  match(shown, /Sure\? .*\nmeanwhile\nafter\n$/s);
});

test("The text of a prompt cannot move the cursor", async () => {
  const { shown } = await typed("x\r", {
    instead: `
      const { realEnvironment } = await import(${JSON.stringify(real)});
      const asked = "\\x1b[2J\\u202eWord for it? ";
      await realEnvironment().terminal.ask(asked, { hidden: true });
      console.log("heard 1");
      Deno.exit();`,
  });
  strictEqual(shown, "\r\\x1b[2J\\u202eWord for it? \n");
});

test("Where there is no terminal, there is no answer", async () => {
  const command = [
    "setsid",
    "-w",
    Deno.execPath(),
    "eval",
    "--quiet",
    program(true),
  ];
  strictEqual((await run(command, { stdin: "word\n" })).stdout, "heard null\n");
});
