/** The master connection of the system's `ssh` ends when dpdisp ends, in whatever way. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { namesIn, readOr } from "../helpers/remote_dir.ts";
import { until } from "../helpers/job_sandbox.ts";
import { type SshBed, sshTest } from "../helpers/sshd.ts";
import { endOf, sshWork, upTo, type Work } from "./work.ts";

/** A work with the "openssh" transport and a key whose passphrase is prompted for; the answer takes this many seconds. */
async function withPassphrase(
  bed: SshBed,
  seconds: number,
  body: (work: Work) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const askpass = `${folder}/askpass`;
  await Deno.writeTextFile(
    askpass,
    `#!/bin/sh\necho >'${folder}/asked'; sleep ${seconds}\nprintf '%s\\n' "$ANSWER"\n`,
    { mode: 0o700 },
  );
  await using work = await sshWork(bed, {
    port: bed.servers.keys.port,
    code: 'sleep 1; seq 3000 | sed "s/^/$(cat in) /" >out',
    profile: `transport = "openssh"
accept_new_host_key = true
key_filename = "${bed.keys.ed25519_passphrase}"`,
    env: {
      SSH_ASKPASS: askpass,
      SSH_ASKPASS_REQUIRE: "force",
      ANSWER: bed.passphrase,
      ASKED: `${folder}/asked`,
    },
  });
  await body(work);
  await Deno.remove(folder, { recursive: true });
}

/** Local processes with the directory of the socket, or the socket, in their arguments; zombies have none. */
function processesOf(work: Work): readonly string[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    const line = /^\d+$/.test(name)
      ? String(readOr(`/proc/${name}/cmdline`, ""))
      : "";
    return line.includes(`${work.folder}/tmp/`) ? [line] : [];
  });
}

/** A script over the connection, which is established then. */
const isGuest = (line: string) => line.includes("BatchMode=yes");

async function killed(child: Deno.ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
  await child.status;
}

async function endsSoon(work: Work): Promise<void> {
  const begun = performance.now();
  await until(() => processesOf(work).length === 0);
  strictEqual(performance.now() - begun < 60_000, true);
  deepStrictEqual(namesIn(`${work.folder}/tmp`), []);
}

sshTest(
  "The connection of ssh ends with a dpdisp that is killed, and the same command resumes",
  (bed) =>
    withPassphrase(bed, 0, async (work) => {
      const child = work.start();
      await until(() => processesOf(work).some(isGuest));
      await killed(child);
      await endsSoon(work);
      const { code, err } = await work.run();
      deepStrictEqual([code, work.ran()], [0, upTo(6)], err);
      await endsSoon(work);
    }),
);

sshTest(
  "A dpdisp that is killed during the passphrase prompt of ssh leaves no connection",
  (bed) =>
    withPassphrase(bed, 3, async (work) => {
      const child = work.start();
      await until(() => readOr(work.env["ASKED"]!, null) !== null);
      await killed(child);
      await endsSoon(work);
    }),
);

sshTest(
  "Ctrl-C ends the connection of ssh too",
  (bed) =>
    withPassphrase(bed, 0, async (work) => {
      const child = work.start();
      const end = endOf(child);
      await until(() => processesOf(work).some(isGuest));
      child.kill("SIGINT");
      strictEqual((await end).code, 130);
      await endsSoon(work);
    }),
);
