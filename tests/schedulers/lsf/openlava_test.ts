/** LSF's commands before version 9, as OpenLava 4.0dev4 was seen to answer them. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { lsf } from "../../../src/schedulers/lsf/mod.ts";
import { quote } from "../../../src/script/quote.ts";
import { runText } from "../../helpers/check_scheduler.ts";
import { checkLimits } from "../../helpers/check_limits.ts";
import { transcript, transcriptNames } from "../../helpers/transcript.ts";

const seen = (name: string) => transcript(name.replace("-", "-4.0dev4-"));

for (const name of transcriptNames()) {
  const situation = name.match(/^bsub-4\.0dev4-(accepted|refused|stopped)/)
    ?.[1];
  if (situation === undefined) continue;
  Deno.test(`OpenLava's submit was seen: ${name}`, () => {
    const reply = transcript(name);
    const id = reply.stdout.match(/Job <(\d+)>/)?.[1];
    const expected = {
      accepted: { outcome: "accepted", id },
      refused: { outcome: "rejected" },
      stopped: { outcome: "unreachable" },
    }[situation];
    deepStrictEqual(lsf.parseSubmit(reply), expected);
  });
}

const LISTINGS:
  readonly (readonly [string, Readonly<Record<string, string>>, boolean])[] = [
    ["bjobs-wide", { "101": "DONE" }, true],
    ["bjobs-again", { "231": "EXIT" }, true],
    ["bjobs-unknown-among", { "108": "EXIT", "237": "DONE" }, true],
    ["bjobs-unknown", {}, true],
    ["bjobs-stopped", {}, false],
    ["bjobs-refused-o", {}, false],
  ];

for (const [name, states, isComplete] of LISTINGS) {
  Deno.test(`OpenLava's listing was seen: ${name}`, () => {
    const listing = lsf.parsePoll(seen(name));
    const read = listing.entries.entries().map(([id, { nativeState }]) =>
      [id, nativeState] as const
    );
    deepStrictEqual(Object.fromEntries(read), states);
    strictEqual(listing.isComplete, isComplete);
  });
}

Deno.test("OpenLava's jobs are found by name", () => {
  // A look-up by name asks for no ids.
  strictEqual(lsf.parseFound(seen("bjobs-unknown-among")), null);
  deepStrictEqual(
    Object.fromEntries(lsf.parseFound(seen("bjobs-wide")) ?? []),
    {
      good: "101",
    },
  );
});

Deno.test("OpenLava's ends: done, failed, over its run limit, deleted", () => {
  const endIn = (name: string) =>
    [...lsf.parseAccounting(seen(name)).values()][0];
  const end = (code: number) => `Exited with exit code ${code}`;
  strictEqual(endIn("bhist-good")?.kind, "disappeared");
  deepStrictEqual(endIn("bhist-failed"), {
    kind: "disappeared",
    message: end(1),
  });
  deepStrictEqual(endIn("bhist-runlimit"), {
    kind: "timeLimit",
    message: `RUNLIMIT, ${end(1)}`,
  });
  deepStrictEqual(endIn("bhist-deleted"), {
    kind: "cancelled",
    message: `Signal <KILL> requested by user or administrator <pbsuser>, ${
      end(130)
    }`,
  });
  for (const name of ["bhist-unknown", "bhist-unknown-one"]) {
    strictEqual(lsf.parseAccounting(seen(name)).size, 0);
  }
});

/** bjobs that does not know `-o`. */
function oldBjobs(name: string): string {
  const replies = (one: string) => {
    const { code, stdout, stderr } = seen(one);
    return `printf '%s' ${quote(stdout)}; printf '%s' ${
      quote(stderr)
    } >&2; return ${code}`;
  };
  return `bjobs() {
  case " $* " in
    *" -o "*) ${replies("bjobs-refused-o")} ;;
    *" -w "*) ${replies(name)} ;;
  esac
}`;
}

Deno.test("Where bjobs does not know -o it is asked for wide columns", async () => {
  const told = await runText(
    "dash",
    `${oldBjobs("bjobs-wide")}\n${lsf.poll(["101"])}`,
  );
  strictEqual(told, seen("bjobs-wide").stdout);
  const found = await runText(
    "dash",
    `${oldBjobs("bjobs-wide")}\n${lsf.findCommand}`,
  );
  match(found, /^JOBID +USER[^]* good /);
  const none = await runText(
    "dash",
    `${oldBjobs("bjobs-none")}\n( ${lsf.findCommand}\n) && echo fine`,
  );
  strictEqual(none, "No job found\nfine\n");
});

checkLimits("OpenLava", lsf.queueLimits!, [
  ["time and slots under one heading", seen("bqueues-limits"), {
    walltimeSeconds: 600,
    cpus: { most: 2, per: "job" },
  }],
  ["no such queue", seen("bqueues-unknown"), null],
  [
    "a closed queue",
    seen("bqueues-limits").stdout.replace("Open:Active", "Closed:Inact"),
    {
      walltimeSeconds: 600,
      cpus: { most: 2, per: "job" },
      refuses: ["it takes no jobs (Closed:Inact)"],
      waits: ["it starts no jobs (Closed:Inact)"],
    },
  ],
]);

Deno.test("OpenLava's version, queues and default queue are read", async () => {
  match(seen("bsub-version").stderr, /^OpenLava 4\.0dev4/);
  const { stdout } = seen("bqueues-w");
  strictEqual(
    await runText(
      "dash",
      `bqueues() { printf '%s' ${quote(stdout)}; }\n${lsf.queues}`,
    ),
    "short\nnormal\n",
  );
});
