/** Neither correct nor wrong secrets appear in anything that others can read, during a run or after it. */
import { deepStrictEqual, doesNotMatch, match, ok } from "node:assert/strict";
import { run as command } from "../helpers/remote_dir.ts";
import {
  logOf,
  type ServerName,
  sshTest,
  type SshTestbed,
} from "../helpers/sshd.ts";
import { sshWork, type Work } from "./work.ts";
import { filesWith, watchProcesses } from "./traces.ts";

/** Where the script has its secrets. */
type Source = "text" | "env" | "file";

interface Secrets {
  readonly password: string;
  readonly passphrase: string;
  readonly totp_secret: string;
}

interface Case {
  readonly server: ServerName;
  readonly secrets: Secrets;
  readonly profile?: readonly string[];
  readonly port?: number;
}

/** The part of each secret that is random and needs no escape in any format. */
function canariesOf(secrets: Secrets): readonly string[] {
  return Object.values(secrets).map((secret) => secret.slice(-12));
}

async function withSecrets(
  testbed: SshTestbed,
  source: Source,
  { server, secrets, port, profile = ["accept_new_host_key = true"] }: Case,
  body: (work: Work) => Promise<void>,
): Promise<void> {
  const entries = Object.entries(secrets);
  const files = await Deno.makeTempDir();
  for (const [name, text] of entries) {
    await Deno.writeTextFile(`${files}/${name}`, `${text}\n`);
  }
  const valueOf = {
    text: (_: string, text: string) => text,
    env: (name: string) => `\${env:CANARY_${name}}`,
    file: (name: string) => `\${file:${files}/${name}}`,
  }[source];
  const fields = entries.map(([name, text]) =>
    `${name} = ${JSON.stringify(valueOf(name, text))}`
  );
  await using work = await sshWork(testbed, {
    port: port ?? testbed.servers[server].port,
    tasks: 1,
    profile: [
      `key_filename = "${testbed.keys.ed25519_passphrase}"`,
      ...fields,
      ...profile,
    ].join("\n"),
    env: source === "env"
      ? Object.fromEntries(entries.map(([k, text]) => [`CANARY_${k}`, text]))
      : {},
    // Copies the remote directory and the environment while a task is running.
    code: `echo >out; cp -rp "$FAR/root" "$FAR/seen"; env >"$FAR/env"`,
  });
  await body(work);
  await Deno.remove(files, { recursive: true });
}

type Words = readonly [verb: string, ...string[]];

/** References are resolved for a trusted script only. */
function trusting(source: Source, words: Words): Words {
  return source === "text" ? words : [...words, "--allow-ref"];
}

/** Runs a command, and searches its output and its files for secrets; only the script itself may contain one. */
async function leavesNoTrace(
  testbed: SshTestbed,
  work: Work,
  { server, secrets }: Case,
  words: Words,
  expected: number,
): Promise<void> {
  const canaries = canariesOf(secrets);
  const remoteDir = Number(
    (await command(["id", "-u", testbed.users.plain])).stdout,
  );
  // dpdisp and its local child processes (`ssh` runs commands of ~/.ssh/config)
  // inherit what the user's shell exported: of them only the arguments are
  // searched. On the remote host no process may have a secret in either place.
  const watcher = watchProcesses(canaries, (uid) => uid === remoteDir);
  const { code, out, err } = await work.run(...words);
  const { found, seen } = await watcher.stop();
  const files = await filesWith(work.directory, canaries);
  const isIn = (text: string) =>
    canaries.filter((canary) => text.includes(canary));
  deepStrictEqual(
    {
      code,
      processes: found,
      files: files.filter((path) => path !== `${work.localDir}/job.py`),
      output: isIn(out + err),
      logged: isIn(logOf(testbed.servers[server])),
    },
    { code: expected, processes: [], files: [], output: [], logged: [] },
    `${words.join(" ")}: ${out}${err}`,
  );
  ok(seen > 10, `${seen} processes were seen`);
}

const good = (testbed: SshTestbed): Secrets => ({
  password: testbed.password,
  passphrase: testbed.passphrase,
  totp_secret: testbed.totpSecret,
});

/** Wrong secrets of the same format. */
const WRONG: Secrets = {
  password: "wrong $HOME 'w' QX7PASSWORDCANARY",
  passphrase: "wrong 'y' QX7PASSPHRASECANARY",
  totp_secret: "QXZ7QXZ7CANARYTOTPSECRETQXZ7QXZ7",
};

for (const source of ["text", "env", "file"] as const) {
  sshTest(
    `Correct secrets given as ${source} leave no trace`,
    async (testbed) => {
      for (const server of ["password_code", "key_code"] as const) {
        const it = { server, secrets: good(testbed) };
        const show = (words: Words) =>
          withSecrets(
            testbed,
            source,
            it,
            (work) => leavesNoTrace(testbed, work, it, words, 0),
          );
        if (server === "key_code") await show(trusting(source, ["doctor"]));
        else await Promise.all([show(["check"]), show(["plan", "--json"])]);
        await withSecrets(testbed, source, it, async (work) => {
          const words: Words = ["run", "--json", "--no-clean"];
          await leavesNoTrace(testbed, work, it, trusting(source, words), 0);
          // The remote directory was copied, with the copy of the script in it.
          const copy = `cat '${work.remoteDir}'/seen/*/script_*.py`;
          const { stdout } = await command(["sh", "-c", copy]);
          match(stdout, /^# \/\/\/ script$/m);
          doesNotMatch(stdout, /dpdispatcher|password/);
        });
      }
    },
  );
}

sshTest("Wrong secrets appear in no error", async (testbed) => {
  const accepts = "accept_new_host_key = true";
  const cases: readonly (readonly [Source, Case])[] = [
    ["text", { server: "password", secrets: WRONG, profile: [accepts] }],
    ["env", { server: "password_code", secrets: WRONG, profile: [accepts] }],
    ["file", { server: "keys", secrets: WRONG, profile: [accepts] }],
    // A host that is not in known_hosts, and a port that is closed.
    ["text", { server: "keys", secrets: WRONG, profile: [] }],
    ["text", { server: "keys", secrets: WRONG, port: 1 }],
  ];
  for (const [source, it] of cases) {
    for (const words of [["run"], ["run", "--json"], ["doctor"]] as const) {
      await withSecrets(
        testbed,
        source,
        it,
        (work) => leavesNoTrace(testbed, work, it, trusting(source, words), 3),
      );
    }
  }
});
