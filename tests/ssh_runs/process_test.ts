/** dpdisp as a process over SSH that dies, is interrupted, or finds nobody for a while. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { sshTest } from "../helpers/sshd.ts";
import { onLine } from "./cuts.ts";
import { until } from "../helpers/job_sandbox.ts";
import { endOf, type Ran, upTo, type Work } from "./work.ts";

/** Starts a run and waits until it tells an event of that type; what it says after that is dropped. */
async function startedUntil(work: Work, type: string) {
  const child = work.start("run", "--json");
  const said = { text: "" };
  const seen = Promise.withResolvers<void>();
  const heard = child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({
      write(text) {
        said.text += text;
        if (said.text.includes(`{"type":"${type}"`)) seen.resolve();
      },
      close: () => seen.reject(new Error(`it told no ${type}:\n${said.text}`)),
    }),
  );
  await seen.promise;
  return { child, heard };
}

function isComplete(work: Work, { code, err }: Ran): void {
  const broken = upTo(6).filter((_, n) => !work.isWhole(n));
  deepStrictEqual(
    { code, ran: work.ran(), broken, left: work.left() },
    { code: 0, ran: upTo(6), broken: [], left: [] },
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
    `A dpdisp that is killed after "${type}" is replaced by the same command: each task runs once`,
    (bed) =>
      onLine(bed, async ({ work }) => {
        const { child, heard } = await startedUntil(work, type);
        child.kill("SIGKILL");
        await Promise.all([child.status, heard, child.stderr.cancel()]);
        isComplete(work, await work.run());
      }, slow),
  );
}

sshTest(
  "Ctrl-C leaves the jobs at work on a machine behind SSH, and the same command goes on",
  (bed) =>
    onLine(bed, async ({ work }) => {
      const { child, heard } = await startedUntil(work, "taskStarted");
      const stderr = new Response(child.stderr).text();
      child.kill("SIGINT");
      const { code } = await child.status;
      await heard;
      strictEqual(code, 130, await stderr);
      await stderr;
      const again = await work.run();
      match(again.err, /resuming: \d jobs? active/);
      isComplete(work, again);
    }, slow),
);

sshTest(
  "While the port is closed that is reported once, and the run goes on when it is open",
  (bed) =>
    onLine(bed, async ({ work, proxy }) => {
      const child = work.start();
      const ended = endOf(child);
      await until(() => work.ran().length > 0);
      await proxy.refuse(true);
      proxy.cut();
      // Past the first rests, which are 1 and 2 s.
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      await proxy.refuse(false);
      const ran = await ended;
      isComplete(work, ran);
      const told = ran.err.match(
        /^.*(Lost the connection|Cannot connect to).*$/gm,
      );
      strictEqual(told?.length, 1, ran.err);
      match(ran.err, /dpdisp connects again; jobs keep running meanwhile/);
    }, slow),
);
