import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { Shell, Stream } from "../../../../src/contexts/shell.ts";
import { is, visit } from "../../../helpers/doctor_fixture.ts";
import { bannered, under } from "../../../helpers/remote_dir.ts";
import { racingClock } from "../../../helpers/fake_clock.ts";
import { toolOf, toolTest } from "../../../helpers/tools.ts";
import { localShell } from "../../../../src/contexts/local/mod.ts";

Deno.test("Of a machine that has all every line is ok, in the order of a run", async () => {
  const shell = localShell(null);
  const trips = { count: 0 };
  const counting: Shell = {
    ...shell,
    open(...script) {
      trips.count++;
      return shell.open(...script);
    },
  };
  const { checks, failure, named } = await visit({
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
  is(named("host"), "ok", new RegExp(`on ${Deno.hostname()}, Linux`));
  is(named("remote root"), "ok", /\/root, will be created in \//);
});

Deno.test("What a shell prints by itself is told, and does no harm", async () => {
  const { named, unwell } = await visit({ shell: bannered(localShell(null)) });
  is(named("banner"), "ok", /"Welcome!"/);
  deepStrictEqual(unwell, []);
  deepStrictEqual((await visit()).named("banner"), []);
});

for (const sh of [["dash"], ["busybox", "sh"], ["ksh"]]) {
  toolTest(toolOf(sh), `Faults are found under ${sh.join(" ")}`, async () => {
    const { unwell } = await visit({
      shell: under(sh, localShell(null)),
      programs: { tar: "exit 1", date: "echo 1000000000" },
      command: "no-such-command",
    });
    deepStrictEqual(unwell, ["clock", "tar", "command"]);
  });
}

Deno.test("A clock that is off by more than a minute is a warning, and which way is told", async () => {
  const off = async (seconds: number) => {
    const date =
      `exec ${dateOf()} -d "@$(($(${dateOf()} +%s) + ${seconds}))" "$@"`;
    return (await visit({ programs: { date } })).named("clock");
  };
  is(await off(100), "warn", /(99|100|101) s ahead of/, /NTP/);
  is(await off(-100), "warn", /(99|100|101) s behind/, /NTP/);
  is(await off(30), "ok", /(29|30|31) s ahead of/);
  is(
    (await visit({ programs: { date: "echo today" } })).named("clock"),
    "warn",
    /does not print/,
  );
});

function dateOf(): string {
  return "/bin/date";
}

Deno.test("More CPUs for a job than there are is a warning", async () => {
  const { named } = await visit({
    programs: { nproc: "echo 4" },
    config: { resources: { cpusPerNode: 8 } },
  });
  is(named("cpus"), "warn", /^4; a job requests 8/, /cpu_per_node/);
});

Deno.test("A machine that cannot be reached is a failure in its own words", async () => {
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
  const seen = await visit({ shell });
  deepStrictEqual([seen.checks, seen.failure], [[], failure]);
});

Deno.test("A question that hangs is given up, after what was told before it", async () => {
  const hanging: Shell = {
    ...localShell(null),
    async open(script) {
      const word = /@@(\w+) %s/.exec(script)![1];
      const said = ["host", "clock", "seen machine", "root", "space"]
        .map((name) => `\n@@${word} ${name}\n`).join("");
      const stream: Stream = {
        stdout: new ReadableStream({
          start: (to) => to.enqueue(new TextEncoder().encode(said)),
        }),
        stderr: new ReadableStream(),
        exit: new Promise(() => {}),
      };
      return await Promise.resolve({ ok: true, value: stream });
    },
  };
  const clock = racingClock();
  const began = clock.now();
  const { failure, named } = await visit({ shell: hanging, clock });
  strictEqual(named("host").length, 1);
  ok(failure);
  match(
    `${failure.summary}: ${failure.detail}`,
    /Cannot check the remote root: no reply for 60 s/,
  );
  strictEqual(failure.kind, "connection");
  strictEqual(clock.now() - began, 60_000);
});

Deno.test("A login script that hangs is given up; the time before it does not count", async () => {
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
  const { checks, failure } = await visit({ shell: hanging, clock });
  deepStrictEqual(checks, []);
  match(
    `${failure?.summary}: ${failure?.detail}`,
    /Cannot check the remote host: no reply for 60 s/,
  );
  strictEqual(clock.now() - began, 660_000);
});
