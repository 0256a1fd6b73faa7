/** dpdisp as a process over SSH that is killed, is interrupted, or cannot connect for a while. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { sshTest } from "../helpers/sshd.ts";
import { withProxy } from "./cuts.ts";
import { waitUntil } from "../helpers/job_sandbox.ts";
import { endOf, type ProcessOutput, taskNames, type Work } from "./work.ts";

/** Starts a run and waits until it prints an event of that type; its later output is dropped. */
async function startedUntil(work: Work, type: string) {
  const child = work.start("run", "--json");
  const output = { text: "" };
  const seen = Promise.withResolvers<void>();
  const read = child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({
      write(text) {
        output.text += text;
        if (output.text.includes(`{"type":"${type}"`)) seen.resolve();
      },
      close: () => seen.reject(new Error(`no event ${type}:\n${output.text}`)),
    }),
  );
  await seen.promise;
  return { child, read };
}

function isComplete(work: Work, { code, err }: ProcessOutput): void {
  const broken = taskNames(6).filter((_, n) => !work.isComplete(n));
  deepStrictEqual(
    { code, ran: work.ran(), broken, left: work.left() },
    { code: 0, ran: taskNames(6), broken: [], left: [] },
    err,
  );
}

/** Long enough that it can be killed in the middle. */
const slow = { code: 'sleep 0.3; seq 3000 | sed "s/^/$(cat in) /" >out' };

for (
  const type of [
    "remoteInspected",
    "staged",
    "jobSubmitted",
    "taskExited",
    "collected",
  ]
) {
  sshTest(
    `The same command resumes a run whose dpdisp was killed after "${type}": each task runs once`,
    (testbed) =>
      withProxy(testbed, async ({ work }) => {
        const { child, read } = await startedUntil(work, type);
        child.kill("SIGKILL");
        await Promise.all([child.status, read, child.stderr.cancel()]);
        isComplete(work, await work.run());
      }, slow),
  );
}

sshTest(
  "After Ctrl-C the jobs on the remote host keep running, and the same command resumes",
  (testbed) =>
    withProxy(testbed, async ({ work }) => {
      const { child, read } = await startedUntil(work, "taskStarted");
      const stderr = new Response(child.stderr).text();
      child.kill("SIGINT");
      const { code } = await child.status;
      await read;
      strictEqual(code, 130, await stderr);
      await stderr;
      const again = await work.run();
      match(again.err, /resuming: \d jobs? active/);
      isComplete(work, again);
    }, slow),
);

sshTest(
  "While the port is closed that is reported once, and the run goes on when it is open",
  (testbed) =>
    withProxy(testbed, async ({ work, proxy }) => {
      const child = work.start();
      const ended = endOf(child);
      await waitUntil(() => work.ran().length > 0);
      await proxy.refuse(true);
      proxy.cut();
      // Past the first rests, which are 1 and 2 s.
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      await proxy.refuse(false);
      const ran = await ended;
      isComplete(work, ran);
      const messages = ran.err.match(
        /^.*(Lost the connection|Cannot connect to).*$/gm,
      );
      strictEqual(messages?.length, 1, ran.err);
      match(ran.err, /dpdisp connects again; jobs keep running meanwhile/);
    }, slow),
);
