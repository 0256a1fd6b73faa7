/** The master connection of the system's `ssh` ends when dpdisp ends, in whatever way. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { namesIn, readOr } from "../helpers/remote_dir.ts";
import { waitUntil } from "../helpers/job_sandbox.ts";
import { sshTest, type SshTestbed } from "../helpers/sshd.ts";
import { endOf, sshWork, taskNames, type Work } from "./work.ts";

/** A work with the "openssh" transport and a key whose passphrase is prompted for; the answer takes this many seconds. */
async function withPassphrase(
  testbed: SshTestbed,
  seconds: number,
  body: (work: Work) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const askpass = `${directory}/askpass`;
  await Deno.writeTextFile(
    askpass,
    `#!/bin/sh\necho >'${directory}/asked'; sleep ${seconds}\nprintf '%s\\n' "$ANSWER"\n`,
    { mode: 0o700 },
  );
  await using work = await sshWork(testbed, {
    port: testbed.servers.keys.port,
    code: 'sleep 1; seq 3000 | sed "s/^/$(cat in) /" >out',
    profile: `transport = "openssh"
accept_new_host_key = true
key_filename = "${testbed.keys.ed25519_passphrase}"`,
    env: {
      SSH_ASKPASS: askpass,
      SSH_ASKPASS_REQUIRE: "force",
      ANSWER: testbed.passphrase,
      ASKED: `${directory}/asked`,
    },
  });
  await body(work);
  await Deno.remove(directory, { recursive: true });
}

/** Local processes with the directory of the socket, or the socket, in their arguments; zombies have none. */
function processesOf(work: Work): readonly string[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    const proxied = /^\d+$/.test(name)
      ? String(readOr(`/proc/${name}/cmdline`, ""))
      : "";
    return proxied.includes(`${work.directory}/tmp/`) ? [proxied] : [];
  });
}

/** A script over the connection, which is established then. */
const isGuest = (proxied: string) => proxied.includes("BatchMode=yes");

async function killed(child: Deno.ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
  await child.status;
}

async function endsSoon(work: Work): Promise<void> {
  const begun = performance.now();
  await waitUntil(() => processesOf(work).length === 0);
  strictEqual(performance.now() - begun < 60_000, true);
  deepStrictEqual(namesIn(`${work.directory}/tmp`), []);
}

sshTest(
  "The connection of ssh ends with a dpdisp that is killed, and the same command resumes",
  (testbed) =>
    withPassphrase(testbed, 0, async (work) => {
      const child = work.start();
      await waitUntil(() => processesOf(work).some(isGuest));
      await killed(child);
      await endsSoon(work);
      const { code, err } = await work.run();
      deepStrictEqual([code, work.ran()], [0, taskNames(6)], err);
      await endsSoon(work);
    }),
);

sshTest(
  "A dpdisp that is killed during the passphrase prompt of ssh leaves no connection",
  (testbed) =>
    withPassphrase(testbed, 3, async (work) => {
      const child = work.start();
      await waitUntil(() => readOr(work.env["ASKED"]!, null) !== null);
      await killed(child);
      await endsSoon(work);
    }),
);

sshTest(
  "Ctrl-C ends the connection of ssh too",
  (testbed) =>
    withPassphrase(testbed, 0, async (work) => {
      const child = work.start();
      const end = endOf(child);
      await waitUntil(() => processesOf(work).some(isGuest));
      child.kill("SIGINT");
      strictEqual((await end).code, 130);
      await endsSoon(work);
    }),
);
