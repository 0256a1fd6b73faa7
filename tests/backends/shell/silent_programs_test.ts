import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Remote } from "../../../src/backends/shell/call_remote.ts";
import { pollRemote } from "../../../src/backends/shell/poll.ts";
import { silentPrograms } from "../../../src/backends/shell/silent_programs.ts";
import { slurm } from "../../../src/schedulers/slurm/mod.ts";
import { fakeClock, nextTurn } from "../../helpers/environment.ts";
import { scriptedRemote } from "../../helpers/scripted_shell.ts";
import { planFor } from "../../helpers/submission.ts";

const RECORD = "d1 taskStarted t0 5";

/** A host that replies to the queue's command with this exit code, and has one record. */
function hostWith(state: { code: number }) {
  const clock = fakeClock();
  const scripts: string[] = [];
  const first = scriptedRemote({ stdout: "" });
  const remote: Remote = {
    ...first,
    clock,
    shell: {
      ...first.shell,
      open(script, io) {
        scripts.push(script);
        const queue = script.includes("squeue")
          ? `\n@@n asking squeue\n\n@@n error\n\n@@n queue ${state.code}\n`
          : "";
        const records = `\n@@n records\n${RECORD} #${RECORD.length}\n`;
        return scriptedRemote({ stdout: `${queue}${records}\n@@n end\n` })
          .shell.open(script, io);
      },
    },
  };
  return { clock, remote, scripts };
}

Deno.test("A queue that does not answer is left out of polls, and asked again with growing pauses until it answers", async () => {
  const state = { code: 124 };
  const { clock, remote, scripts } = hostWith(state);
  const silent = silentPrograms(remote, { clock });
  const parts = {
    scheduler: slurm,
    plan: planFor({ root: "/r", base: "/b" }),
  };
  const asked = () =>
    scripts.splice(0).map((script) => script.includes("squeue"));
  const poll = async () => {
    const reply = await pollRemote(
      parts,
      remote,
      { offsets: new Map(), silent },
      [{ job: "d1", id: "7", tasks: 1, rereadRecord: false }],
    );
    ok(reply.ok);
    return reply.value;
  };
  await poll();
  deepStrictEqual(asked(), [true]);
  const without = await poll();
  deepStrictEqual(asked(), [false]);
  // No job counts as missing, and its record is read.
  deepStrictEqual(
    [without.isComplete, without.errorText, without.records.length],
    [false, "", 1],
  );
  for (const pause of [10_000, 30_000]) {
    await clock.advance(pause - 1);
    deepStrictEqual(asked(), []);
    if (pause === 30_000) state.code = 0;
    await clock.advance(1);
    await settle();
    deepStrictEqual(asked(), [true]);
    await poll();
    deepStrictEqual(asked(), [state.code === 0]);
  }
  silent.close();
});

Deno.test("Nothing is asked after the end", async () => {
  const { clock, remote, scripts } = hostWith({ code: 124 });
  const silent = silentPrograms(remote, { clock });
  silent.gaveUp({ text: "squeue", program: "squeue" });
  silent.close();
  await clock.advance(1_000_000);
  strictEqual(scripts.length, 0);
});

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await nextTurn();
}
