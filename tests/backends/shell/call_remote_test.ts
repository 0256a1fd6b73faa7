import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { callRemote } from "../../../src/backends/shell/call_remote.ts";
import type { Failure, Result } from "../../../src/text/result.ts";
import { scriptedRemote } from "../../helpers/scripted_shell.ts";
import type { Shell } from "../../../src/contexts/shell.ts";
import type { ByteStream } from "../../helpers/remote_dir.ts";
import {
  type FakeClock,
  fakeClock,
  nextTurn,
} from "../../helpers/environment.ts";

const ERRAND = { purpose: "try", body: "body" };

async function failureOf(answer: Promise<Result<unknown>>): Promise<Failure> {
  const result = await answer;
  ok(!result.ok);
  return result.error;
}

Deno.test("A complete reply gives its sections", async () => {
  const answer = await callRemote(
    scriptedRemote({ stdout: "\n@@n a 1\nx\n@@n end\n" }),
    ERRAND,
  );
  ok(answer.ok);
  deepStrictEqual(answer.value.map(({ header, text }) => [header, text]), [
    [["a", "1"], "x"],
    [["end"], ""],
  ]);
});

Deno.test("An incomplete reply is a retryable failure with the remote host's message", async () => {
  const cut = scriptedRemote({
    stdout: "\n@@n a\nx",
    stderr: "no memory\n",
    code: 2,
  });
  deepStrictEqual(await failureOf(callRemote(cut, ERRAND)), {
    kind: "connection",
    summary: "Cannot try",
    detail: "no memory",
    isRetryable: true,
  });
  const mute = await failureOf(
    callRemote(scriptedRemote({ stdout: "", code: 137 }), ERRAND),
  );
  ok(mute.detail.includes("137"), mute.detail);
});

Deno.test("Of a long message the first and last lines are shown, whole", async () => {
  const lines = Array.from(
    { length: 65 },
    (_, i) => `tar: t${i}/input: Cannot open: No space left on device`,
  );
  const stderr = `${lines.join("\n")}\n`;
  const shown = [...lines.slice(0, 5), "…", ...lines.slice(-5)].join("\n");
  for (const stdout of ["\n@@n failed\n\n@@n end\n", "\n@@n a\nx"]) {
    const full = scriptedRemote({ stdout, stderr, code: 2 });
    strictEqual((await failureOf(callRemote(full, ERRAND))).detail, shown);
  }
});

Deno.test("A lost connection is reported as such, though the reply seems complete", async () => {
  const lost = scriptedRemote({ stdout: "\n@@n end\n", isCut: true });
  strictEqual((await failureOf(callRemote(lost, ERRAND))).detail, "cut");
});

Deno.test("A failure that the script itself reports is passed on", async () => {
  const said = (words: string) =>
    scriptedRemote({
      stdout: `\n@@n ${words}\n\n@@n end\n`,
      stderr: "disk full\n",
    });
  const failed = await failureOf(callRemote(said("failed"), ERRAND));
  deepStrictEqual([failed.kind, failed.detail, failed.isRetryable], [
    "transfer",
    "disk full",
    false,
  ]);
  strictEqual(
    (await failureOf(callRemote(said("lease_taken"), ERRAND))).kind,
    "connection",
  );
  const otherRun = await failureOf(callRemote(said("other_run abc"), ERRAND));
  ok(otherRun.detail.includes("abc"));
});

Deno.test("Local data that cannot be read is the error, whatever the remote host replies", async () => {
  const broken = (): ByteStream =>
    new ReadableStream({
      pull: (controller) => controller.error(new Error("no such file: /b/in")),
    });
  for (const word of ["end", "failed"]) {
    const remote = scriptedRemote({
      stdout: `\n@@n ${word}\n\n@@n end\n`,
      stderr: "tar: EOF",
    });
    const failure = await failureOf(
      callRemote(remote, { ...ERRAND, stdin: broken() }),
    );
    deepStrictEqual(failure, {
      kind: "transfer",
      summary: "Cannot try",
      detail: "no such file: /b/in",
      isRetryable: false,
    });
  }
});

Deno.test("Of very long stderr the end is reported", async () => {
  const stderr = "noise\n".repeat(100_000) + "the reason";
  const failure = await failureOf(
    callRemote(scriptedRemote({ stdout: "", stderr }), ERRAND),
  );
  ok(failure.detail.length <= 4000 && failure.detail.endsWith("the reason"));
});

/** A remote host that says so much, and then goes on as `more` does, for ever. */
function stalling(
  first: string,
  more: { readonly stdout?: string; readonly stderr?: string } = {},
) {
  const clock = fakeClock();
  const left = { isLeft: false };
  const endless = (first: string, more = ""): ByteStream => {
    const given = { first: false };
    return new ReadableStream({
      async pull(controller) {
        if (given.first) await clock.sleep(10_000);
        if (given.first && more === "") return new Promise(() => {});
        const text = given.first ? more : first;
        given.first = true;
        if (text !== "") controller.enqueue(new TextEncoder().encode(text));
      },
    }, { highWaterMark: 0 });
  };
  const shell: Shell = {
    local: false,
    open(_script, io) {
      io?.signal?.addEventListener("abort", () => left.isLeft = true);
      return Promise.resolve({
        ok: true,
        value: {
          stdout: endless(first, more.stdout),
          stderr: endless("last words", more.stderr),
          exit: new Promise(() => {}),
        },
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    far: { ...scriptedRemote({ stdout: "" }), shell, clock },
    clock,
    left,
  };
}

/** How an answer stands after so many seconds. */
async function after(
  seconds: number,
  clock: FakeClock,
  answer: Promise<Result<unknown>>,
): Promise<Result<unknown> | "open"> {
  for (let s = 0; s < seconds; s += 10) await clock.advance(10_000);
  return await Promise.race([answer, nextTurn().then(() => "open" as const)]);
}

Deno.test("Silence has a time limit, and the failure says what was awaited and the last message", async () => {
  for (const first of ["", "\n@@n a\nhalf"]) {
    const { far: remote, clock, left } = stalling(first);
    const answer = callRemote(remote, ERRAND);
    strictEqual(await after(110, clock, answer), "open");
    const end = await after(60, clock, answer);
    ok(end !== "open" && !end.ok);
    const { kind, summary, detail, isRetryable } = end.error as Failure;
    deepStrictEqual([kind, summary, isRetryable], [
      "connection",
      "Cannot try",
      true,
    ]);
    strictEqual(
      detail,
      "no output of the script for 120 s; its last output: last words",
    );
    ok(left.isLeft);
  }
});

Deno.test("Endless stderr is no progress", async () => {
  const { far: remote, clock } = stalling("\n@@n a\n", {
    stderr: "x".repeat(10_000),
  });
  const end = await after(200, clock, callRemote(remote, ERRAND));
  ok(end !== "open" && !end.ok);
});

Deno.test("A script that writes now and then is not stopped", async () => {
  const { far: remote, clock } = stalling("\n@@n a\n", { stdout: "." });
  strictEqual(await after(1_000, clock, callRemote(remote, ERRAND)), "open");
});

Deno.test("A script that ended has succeeded, though a process of it still runs", async () => {
  const { far: remote, clock } = stalling("\n@@n a\nx\n@@n end\n");
  const end = await after(200, clock, callRemote(remote, ERRAND));
  ok(end !== "open" && end.ok);
});

Deno.test("Bytes that are sent are progress too", async () => {
  const { far: remote, clock } = stalling("");
  const stdin: ByteStream = new ReadableStream({
    async pull(controller) {
      await clock.sleep(10_000);
      controller.enqueue(new Uint8Array(1));
    },
  }, { highWaterMark: 0 });
  const shell: Shell = {
    ...remote.shell,
    open(script, io) {
      void new Response(io!.stdin).arrayBuffer().catch(() => {});
      return remote.shell.open(script, io);
    },
  };
  const answer = callRemote({ ...remote, shell }, { ...ERRAND, stdin });
  strictEqual(await after(1_000, clock, answer), "open");
});

Deno.test("An archive that was not requested, and a section named like a property of Object, are errors", async () => {
  const raw = scriptedRemote({ stdout: "\n@@n raw\nxxx\n@@n end\n" });
  const { kind, detail } = await failureOf(callRemote(raw, ERRAND));
  strictEqual(kind, "connection");
  ok(detail.startsWith("the reply cannot be understood"), detail);
  for (const word of ["__proto__", "constructor"]) {
    ok(
      (await callRemote(
        scriptedRemote({ stdout: `\n@@n ${word}\n\n@@n end\n` }),
        ERRAND,
      )).ok,
    );
  }
});

const NOLOGIN = "This account is currently not available.";

Deno.test("The same answer three times before any script ran is a fault that lasts, in the host's own words", async () => {
  const host = scriptedRemote({ stdout: `${NOLOGIN}\n`, code: 1 });
  const failures = [];
  for (let i = 0; i < 3; i++) {
    failures.push(await failureOf(callRemote(host, ERRAND)));
  }
  deepStrictEqual(failures.map(({ isRetryable }) => isRetryable), [
    true,
    true,
    false,
  ]);
  const [{ kind, summary, detail, hint }] = failures as [Failure];
  deepStrictEqual(
    [kind, summary, detail],
    ["connection", "Cannot try: the script did not start", NOLOGIN],
  );
  match(hint!, /login shell/);
});

Deno.test("Answers that differ may pass, and so may all after a script has run", async () => {
  const answers = [`${NOLOGIN}\n`, "busy\n", `${NOLOGIN}\n`, "", ""];
  const host = scriptedRemote({ stdout: "" });
  for (const stdout of answers) {
    const next = scriptedRemote({ stdout, code: 1 });
    const failure = await failureOf(
      callRemote({ ...host, shell: next.shell }, ERRAND),
    );
    strictEqual(failure.isRetryable, true, stdout);
  }
  const working = scriptedRemote({ stdout: "\n@@n end\n" });
  ok((await callRemote({ ...host, shell: working.shell }, ERRAND)).ok);
  for (let i = 0; i < 5; i++) {
    const failure = await failureOf(callRemote(host, ERRAND));
    strictEqual(failure.isRetryable, true);
  }
});

Deno.test("A call is among the waits until it ends, by the program that its script waits for", async () => {
  const clock = fakeClock();
  const stream = new TransformStream<Uint8Array<ArrayBuffer>>();
  const writer = stream.writable.getWriter();
  const write = async (text: string) => {
    await writer.write(new TextEncoder().encode(text));
    await nextTurn();
  };
  const host = scriptedRemote({ stdout: "" });
  const shell: Shell = {
    ...host.shell,
    async open(script) {
      const opened = await host.shell.open(script);
      return opened.ok
        ? { ok: true, value: { ...opened.value, stdout: stream.readable } }
        : opened;
    },
  };
  const whats = () => [...host.waits].map(({ what }) => what);
  const called = callRemote({ ...host, shell, clock }, ERRAND);
  await nextTurn();
  deepStrictEqual(whats(), ["the remote host"]);
  await write("\n@@n asking squeue\n\n@@n error\n");
  deepStrictEqual(whats(), ["squeue"]);
  await write("\n@@n queue 0\n");
  deepStrictEqual(whats(), ["the remote host"]);
  await write("\n@@n end\n");
  await writer.close();
  const reply = await called;
  ok(reply.ok);
  deepStrictEqual(reply.value.map(({ header }) => header[0]), [
    "error",
    "queue",
    "end",
  ]);
  deepStrictEqual(whats(), []);
});
