import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { Shell, Stream } from "../../../../src/contexts/shell.ts";
import { checkIs, runDoctor } from "../../../helpers/doctor_fixture.ts";
import { withBanner, withShell } from "../../../helpers/remote_dir.ts";
import { racingClock } from "../../../helpers/fake_clock.ts";
import { toolOf, toolTest } from "../../../helpers/tools.ts";
import { localShell } from "../../../../src/contexts/local/mod.ts";

Deno.test("On a complete host every check is ok, in the order of a run", async () => {
  const shell = localShell(null);
  const trips = { count: 0 };
  const counting: Shell = {
    ...shell,
    open(...script) {
      trips.count++;
      return shell.open(...script);
    },
  };
  const { checks, failure, named } = await runDoctor({
    compress: true,
    shell: counting,
  });
  strictEqual(trips.count, 1);
  strictEqual(failure, null);
  deepStrictEqual(
    checks.map(({ name, state }) => `${name} ${state}`)
      // Not every file system counts them.
      .filter((line) => line !== "files ok"),
    [
      "host ok",
      "shell ok",
      "clock ok",
      "cpus ok",
      "remote root ok",
      "space ok",
      "tar ok",
      "bash ok",
      "compression ok",
      "command ok",
    ],
  );
  checkIs(named("host"), "ok", new RegExp(`on ${Deno.hostname()}, Linux`));
  checkIs(named("remote root"), "ok", /\/root, will be created in \//);
});

Deno.test("What a shell prints by itself is reported, and does no harm", async () => {
  const { named, notOk } = await runDoctor({
    shell: withBanner(localShell(null)),
  });
  checkIs(named("banner"), "ok", /"Welcome!"/);
  deepStrictEqual(notOk, []);
  deepStrictEqual((await runDoctor()).named("banner"), []);
});

for (const sh of [["dash"], ["busybox", "sh"], ["ksh"]]) {
  toolTest(toolOf(sh), `Faults are found under ${sh.join(" ")}`, async () => {
    const { notOk } = await runDoctor({
      shell: withShell(sh, localShell(null)),
      programs: { tar: "exit 1", date: "echo 1000000000" },
      command: "no-such-command",
    });
    deepStrictEqual(notOk, ["clock", "tar", "command"]);
  });
}

Deno.test("A clock that is off by more than a minute is a warning that says in which direction", async () => {
  const off = async (seconds: number) => {
    const date =
      `exec ${dateOf()} -d "@$(($(${dateOf()} +%s) + ${seconds}))" "$@"`;
    return (await runDoctor({ programs: { date } })).named("clock");
  };
  checkIs(await off(100), "warn", /(99|100|101) s ahead of/, /NTP/);
  checkIs(await off(-100), "warn", /(99|100|101) s behind/, /NTP/);
  checkIs(await off(30), "ok", /(29|30|31) s ahead of/);
  checkIs(
    (await runDoctor({ programs: { date: "echo today" } })).named("clock"),
    "warn",
    /does not print/,
  );
});

function dateOf(): string {
  return "/bin/date";
}

Deno.test("More CPUs for a job than the host has are a warning", async () => {
  const { named } = await runDoctor({
    programs: { nproc: "echo 4" },
    config: { resources: { cpusPerNode: 8 } },
  });
  checkIs(named("cpus"), "warn", /^4; a job requests 8/, /cpu_per_node/);
});

Deno.test("A host that cannot be reached is a failure with its own message", async () => {
  const failure = {
    kind: "connection",
    summary: "Cannot log in",
    detail: "no key",
    isRetryable: false,
  } as const;
  const shell: Shell = {
    ...localShell(null),
    open: () => Promise.resolve({ ok: false, error: failure }),
  };
  const seen = await runDoctor({ shell });
  deepStrictEqual([seen.checks, seen.failure], [[], failure]);
});

Deno.test("A check that hangs is stopped; the results before it are reported", async () => {
  const hanging: Shell = {
    ...localShell(null),
    async open(script) {
      const word = /@@(\w+) %s/.exec(script)![1];
      const reply = ["host", "clock", "seen machine", "root", "space"]
        .map((name) => `\n@@${word} ${name}\n`).join("");
      const stream: Stream = {
        stdout: new ReadableStream({
          start: (to) => to.enqueue(new TextEncoder().encode(reply)),
        }),
        stderr: new ReadableStream(),
        exit: new Promise(() => {}),
      };
      return await Promise.resolve({ ok: true, value: stream });
    },
  };
  const clock = racingClock();
  const began = clock.now();
  const { failure, named } = await runDoctor({ shell: hanging, clock });
  strictEqual(named("host").length, 1);
  ok(failure);
  match(
    `${failure.summary}: ${failure.detail}`,
    /Cannot check the remote root: no reply for 60 s/,
  );
  strictEqual(failure.kind, "connection");
  strictEqual(clock.now() - began, 60_000);
});

Deno.test("A login script that hangs is stopped; the time before it does not count", async () => {
  const clock = racingClock();
  const hanging: Shell = {
    ...localShell(null),
    async open() {
      await clock.sleep(600_000);
      const stream: Stream = {
        stdout: new ReadableStream(),
        stderr: new ReadableStream(),
        exit: new Promise(() => {}),
      };
      return { ok: true, value: stream };
    },
  };
  const began = clock.now();
  const { checks, failure } = await runDoctor({ shell: hanging, clock });
  deepStrictEqual(checks, []);
  match(
    `${failure?.summary}: ${failure?.detail}`,
    /Cannot check the remote host: no reply for 60 s/,
  );
  strictEqual(clock.now() - began, 660_000);
});
