/** Contract, first part: scripts go there and come back unharmed. */
import { noAnswers } from "../../../src/backends/shell/host_answers.ts";
import { realEnvironment } from "../../../src/environment/mod.ts";
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  callRemote,
  type Remote,
} from "../../../src/backends/shell/call_remote.ts";
import type { Shell } from "../../../src/contexts/shell.ts";
import { quote } from "../../../src/script/quote.ts";
import type { OpenContext } from "./mod.ts";
import { KEY, withBanner } from "../remote_dir.ts";
import { runScript, textOf } from "../run_script.ts";

const HOSTILE = [
  "\n",
  "'",
  '"',
  "\\",
  "\\n",
  "\\c",
  "\\0101",
  "%s%n%",
  "$HOME",
  "`x`",
  "!!",
  "é✓",
  "\t",
  " ",
  "*",
  "\r",
  "\u001b[",
  "#",
];

export function checkScripts(name: string, open: OpenContext): void {
  const check = (sentence: string, body: (shell: Shell) => Promise<void>) =>
    Deno.test(`${name}: ${sentence}`, async () => {
      await using context = await open(await Deno.makeTempDir());
      await body(context.shell);
    });

  check(
    "a script of any text comes to the far side unharmed",
    async (shell) => {
      const texts = fc.array(
        fc.oneof(
          fc.constantFrom(...HOSTILE),
          fc.string({ unit: "binary" }).map((text) =>
            text.replaceAll("\0", "")
          ),
        ),
      ).map((parts) => parts.join(""));
      await fc.assert(
        fc.asyncProperty(texts, async (text) => {
          const { stdout } = await runScript(shell, `printf %s ${quote(text)}`);
          deepStrictEqual(stdout, new TextEncoder().encode(text));
        }),
        { numRuns: 15 },
      );
    },
  );

  check("a script of 300 KB runs to its last line", async (shell) => {
    const lines = Array.from(
      { length: 10_000 },
      (_, i) => `n='line ${i}  \\\\n'`,
    );
    const { stdout } = await runScript(
      shell,
      `${lines.join("\n")}\nprintf '%s\\n' "$n"`,
    );
    strictEqual(textOf(stdout), "line 9999  \\\\n\n");
  });

  check("all bytes of stdin behind the script are its data", async (shell) => {
    const data = new Uint8Array(20_000_000).map((_, i) => (i * i) >> 3);
    const { stdout } = await runScript(shell, "cat", data);
    strictEqual(stdout.length, data.length);
    ok(stdout.every((byte, i) => byte === data[i]));
  });

  check("where there is no data, its end is there", async (shell) => {
    const { stdout } = await runScript(shell, "cat; echo end");
    strictEqual(textOf(stdout), "end\n");
  });

  check("a script may leave its data unread", async (shell) => {
    const { code } = await runScript(
      shell,
      "exit 3",
      new Uint8Array(5_000_000),
    );
    strictEqual(code, 3);
  });

  check("exit code, stdout and stderr are kept apart", async (shell) => {
    const noise =
      "i=0; while [ $i -lt 20000 ]; do echo noise >&2; i=$((i+1)); done";
    const { code, stdout, stderr } = await runScript(
      shell,
      `${noise}\necho out\nexit 41`,
    );
    deepStrictEqual([code, textOf(stdout)], [41, "out\n"]);
    strictEqual(stderr.length, 20_000 * "noise\n".length);
  });

  check("two scripts run at once", async (shell) => {
    const pipe = quote(`/tmp/pipe ${crypto.randomUUID()}`);
    const reader = runScript(shell, `mkfifo ${pipe} 2>/dev/null; cat ${pipe}`);
    const writer = runScript(
      shell,
      `mkfifo ${pipe} 2>/dev/null; echo met >${pipe}`,
    );
    const [{ stdout }] = await Promise.all([reader, writer]);
    await runScript(shell, `rm -f ${pipe}`);
    strictEqual(textOf(stdout), "met\n");
  });

  check(
    "a script that is killed in the middle is a failure that may pass",
    async (shell) => {
      const answer = await callRemote(farOf(shell), {
        purpose: "try",
        body: "section begun\nkill -9 $$",
      });
      deepStrictEqual([answer.ok, !answer.ok && answer.error.isRetryable], [
        false,
        true,
      ]);
    },
  );

  check("banners around a script's words are no words of it", async (shell) => {
    const answer = await callRemote(farOf(withBanner(shell)), {
      purpose: "try",
      body:
        "echo unasked\nsection one 1; printf 'a\\nb'; section two; section three",
    });
    ok(answer.ok);
    deepStrictEqual(
      answer.value.slice(0, 3).map(({ header, text }) => [header, text]),
      [[["one", "1"], "a\nb"], [["two"], ""], [["three"], ""]],
    );
  });
}

function farOf(shell: Shell): Remote {
  const site = {
    root: "/nowhere",
    key: KEY,
    token: "me",
    holderName: "here 1",
    guarded: "root" as const,
    commands: [],
    commandLimit_s: 60,
  };
  return {
    ...{ shell, site, clock: realEnvironment().clock },
    ...{ answers: noAnswers(), waits: new Set() },
    nonce: () => "nonce",
  };
}
