/** The connection of the system's `ssh` ends with dpdisp, however that ends. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { namesIn, readOr } from "../helpers/remote_dir.ts";
import { until } from "../helpers/job_sandbox.ts";
import { type SshBed, sshTest } from "../helpers/sshd.ts";
import { endOf, sshWork, upTo, type Work } from "./work.ts";

/** A work of the "openssh" transport, with a key whose passphrase is asked for; the answer takes so many seconds. */
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

/** Processes of this machine that have the folder of the socket, or the socket, in their words; zombies have none. */
function processesOf(work: Work): readonly string[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    const line = /^\d+$/.test(name)
      ? String(readOr(`/proc/${name}/cmdline`, ""))
      : "";
    return line.includes(`${work.folder}/tmp/`) ? [line] : [];
  });
}

/** A script over the connection, which stands then. */
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
  "A dpdisp that is killed takes the connection of ssh along, and the same command goes on",
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
  "Killed while ssh asks for a passphrase, it leaves no connection behind that is made later",
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
