import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { pollScript } from "../../src/script/poll_script.ts";
import { parseRecords } from "../../src/script/parse_records.ts";
import {
  namesIn,
  openRemoteHost,
  type RemoteHost,
  run,
  sectionTexts,
} from "../helpers/remote_dir.ts";
import { remoteScript } from "../../src/script/remote_script.ts";
import { toolTest } from "../helpers/tools.ts";

type Offsets = Readonly<Record<string, number>>;

function script(queue: readonly string[], offsets: Offsets): string {
  return pollScript({
    queue: queue.map((text) => ({ text, program: "squeue" })),
    account: null,
    outputs: [],
    records: Object.entries(offsets).map(([job, offset]) => ({ job, offset })),
  });
}

const line = (text: string) => `${text} #${text.length}\n`;
const A = line("d1 taskStarted t0 5");
const B = line("d1 taskExited t0 0 6");

async function records(host: RemoteHost, offsets: Offsets) {
  const { records } = sectionTexts(await host.ask(script([], offsets)));
  return parseRecords(records!).records.map(({ job, type }) =>
    `${job} ${type}`
  );
}

Deno.test("What follows the offset is printed, and everything that was never read", async () => {
  await using host = openRemoteHost();
  host.write("records/d1", A + B);
  host.write("records/d2", line("d2 taskStarted t1 5"));
  host.write(
    "records/d3.12",
    line("d3.12 taskStarted t1 5") + line("d3.12 jobEnded 0 7"),
  );
  const first = line("d3.12 taskStarted t1 5").length;
  deepStrictEqual(await records(host, { d1: 0 }), [
    "d1 taskStarted",
    "d1 taskExited",
  ]);
  deepStrictEqual(
    await records(host, { d1: A.length, d2: 0, "d3.12": first, d9: 0, d8: 4 }),
    ["d2 taskStarted", "d1 taskExited", "d3 jobEnded"],
  );
  deepStrictEqual(await records(host, { d1: A.length + B.length }), []);
});

Deno.test("A line without its newline does not join the first line of the next record", async () => {
  await using host = openRemoteHost();
  host.write("records/d1", A + B.slice(0, -5));
  host.write("records/d2", line("d2 taskStarted t1 5"));
  deepStrictEqual(await records(host, { d1: 0, d2: 0 }), [
    "d1 taskStarted",
    "d2 taskStarted",
  ]);
  deepStrictEqual(await records(host, { d1: A.length - 3, d2: 0 }), [
    "d2 taskStarted",
  ]);
});

Deno.test("The exit code, the stdout and the stderr of the queue command are separate", async () => {
  await using host = openRemoteHost();
  const sections = await host.ask(
    script([
      "echo one; echo bad >&2; exit 3",
      "printf 'two\\n\\n'",
      "case x in x) (echo ')') ;; esac",
    ], {}),
  );
  deepStrictEqual(
    sections.slice(0, 6).map(({ header, text }) => [header.join(" "), text]),
    [
      ["error", "bad\n"],
      ["queue 3", "one"],
      ["error", ""],
      ["queue 0", "two"],
      ["error", ""],
      ["queue 0", ")"],
    ],
  );
});

Deno.test("What a command leaves behind is not waited for", async () => {
  await using host = openRemoteHost();
  const left = `n=0
(while [ "$n" -lt 100 ] && [ ! -e "$D/go" ]; do sleep 0.1; n=$((n + 1)); done
[ -e "$D/go" ] || : >"$D/late") >/dev/null 2>&1 </dev/null &
echo done`;
  const [, queue] = await host.ask(script([left], {}));
  strictEqual(queue!.text, "done");
  host.write("go", "");
  strictEqual(host.read("late"), "");
  ok(!namesIn(host.runDir).includes("late"));
});

Deno.test("The queue is polled although the run directory does not exist", async () => {
  await using host = openRemoteHost({ bare: true });
  const sections = await host.ask(script(["echo there"], { d1: 0 }));
  const { "queue 0": queue, records } = sectionTexts(sections);
  deepStrictEqual([queue, records], ["there", undefined]);
});

Deno.test("A poll leaves no file, and only the holder of the lease writes a heartbeat", async () => {
  await using host = openRemoteHost();
  await host.ask(script(["echo x >&2"], { d1: 0 }));
  await host.ask(script([], {}), "other");
  strictEqual(host.read("heartbeat"), ".");
  deepStrictEqual(namesIn(`${host.runDir}/records`), []);
  ok(
    namesIn(host.runDir).every((name) =>
      !/err|me$/.test(name) || name === "lease.me"
    ),
  );
});

Deno.test("A poll works in a directory that cannot be written", async () => {
  await using host = openRemoteHost();
  host.write("records/d1", A);
  await Deno.mkdir(`${host.runDir}/records/.me`);
  deepStrictEqual(await records(host, { d1: 0 }), ["d1 taskStarted"]);
});

toolTest(
  "strace",
  "Idle jobs cost no process, however many they are",
  async () => {
    await using host = openRemoteHost();
    const processes = async (count: number) => {
      const offsets: Record<string, number> = {};
      for (let i = 0; i < count; i++) {
        host.write(`records/d${i}`, A);
        offsets[`d${i}`] = A.length;
      }
      const trace = `${await Deno.makeTempDir()}/trace`;
      await run([
        "strace",
        ...["-f", "-o", trace, "-e", "trace=fork,vfork,clone,clone3,execve"],
        ...["sh", "-c", remoteScript(host.site, "nonce", script([], offsets))],
      ]);
      // A call that another process interrupts is printed on two lines.
      const calls = /^\d+ +(vfork|fork|clone3?|execve)\(/gm;
      return (await Deno.readTextFile(trace)).match(calls)!.length;
    };
    strictEqual(await processes(190), await processes(2));
    // One command has 200 names.
    const many = await processes(600);
    ok(many <= 4 * await processes(2), `${many}`);
  },
);
