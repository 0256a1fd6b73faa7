/** The sshd testbed itself, tried by the system's `ssh`. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { run } from "../helpers/remote_dir.ts";
import { isAlive } from "../helpers/processes.ts";
import { waitUntil } from "../helpers/job_sandbox.ts";
import {
  type KeyName,
  loginsOf,
  logOf,
  type ServerName,
  sshTest,
  type SshTestbed,
} from "../helpers/sshd.ts";
import { type SystemSsh, systemSsh } from "../helpers/system_ssh.ts";
import { codeAt } from "../helpers/totp.ts";

const script = `${import.meta.dirname}/../../scripts/testbeds/sshd.sh`;

/** Below ten, where sshd begins to drop some of those that log in at once (MaxStartups). */
const SIDE_BY_SIDE = 8;

/** Exit codes of ssh: 255 where it did not get in. */
async function codesOf(
  testbed: SshTestbed,
  logins: readonly (readonly [ServerName, SystemSsh])[],
): Promise<readonly number[]> {
  ok(logins.length <= SIDE_BY_SIDE);
  const output = await Promise.all(
    logins.map(([server, how]) => systemSsh(testbed, server, "true", how)),
  );
  return output.map(({ code }) => code);
}

const rightAnswers = (testbed: SshTestbed) => ({
  password: testbed.password,
  code: codeAt(testbed.totpSecret),
});

const withPassphrase = [
  "ed25519_passphrase",
  "rsa_passphrase",
  "rsa_pem_passphrase",
] as const;

sshTest(
  "keys log in, the certified one by its certificate, but not an unknown key",
  async (testbed) => {
    const keys = (Object.keys(testbed.keys) as KeyName[])
      .filter((key) => !key.endsWith("passphrase"));
    const before = loginsOf(testbed.servers.keys);
    const codes = await codesOf(testbed, keys.map((key) => ["keys", { key }]));
    deepStrictEqual(codes, keys.map((key) => key === "stranger" ? 255 : 0));
    strictEqual(loginsOf(testbed.servers.keys) - before, keys.length - 1);
    match(logOf(testbed.servers.keys), /^Accepted publickey .* ED25519-CERT /m);
  },
);

sshTest(
  "keys with a passphrase log in with it, and not with another",
  async (testbed) => {
    const codes = (passphrase: string) =>
      codesOf(
        testbed,
        withPassphrase.map((key) => ["keys", { key, answers: { passphrase } }]),
      );
    deepStrictEqual(await codes(testbed.passphrase), [0, 0, 0]);
    deepStrictEqual(await codes("another"), [255, 255, 255]);
  },
);

sshTest(
  "users differ in their shell and in what it prints",
  async (testbed) => {
    const { plain, banner, csh } = testbed.users;
    const output = await Promise.all(
      [plain, banner, csh].map((user) =>
        systemSsh(testbed, "keys", "echo $0", { key: "ed25519", user })
      ),
    );
    deepStrictEqual(output.map(({ stdout }) => stdout), [
      "bash\n",
      "Welcome!\n@@ motd\nbash\n",
      "Welcome!\n@@ motd\ntcsh\n",
    ]);
  },
);

sshTest(
  "each authentication prompt accepts the right replies",
  async (testbed) => {
    const answers = rightAnswers(testbed);
    const codes = await codesOf(testbed, [
      ["password", { answers }],
      ["code", { answers }],
      ["password_code", { answers }],
      ["once", { answers }],
      ["key_code", { answers, key: "ed25519" }],
    ]);
    deepStrictEqual(codes, [0, 0, 0, 0, 0]);
    match(logOf(testbed.servers.key_code), /^Partial publickey for /m);
  },
);

sshTest("each authentication prompt rejects a wrong reply", async (testbed) => {
  const answers = rightAnswers(testbed);
  const wrongPassword = { answers: { ...answers, password: "wrong" } };
  const wrongCode = {
    answers: { ...answers, code: codeAt(testbed.totpSecret, 0) },
  };
  const logins: readonly (readonly [ServerName, SystemSsh])[] = [
    ["password", wrongPassword],
    ["password_code", wrongPassword],
    ["password_code", wrongCode],
    ["code", wrongCode],
    ["key_code", { answers }],
    ["key_code", { answers, key: "stranger" }],
    ["keys", { answers }],
  ];
  deepStrictEqual(await codesOf(testbed, logins), logins.map(() => 255));
});

sshTest(
  "a code is accepted once where codes may not be used twice",
  async (testbed) => {
    // Of the next 30 s: valid already, and not used by another test.
    const answers = { code: codeAt(testbed.totpSecret, Date.now() + 30_000) };
    const login = async () =>
      (await systemSsh(testbed, "once", "true", { answers })).code;
    deepStrictEqual([await login(), await login()], [0, 255]);
  },
);

sshTest(
  "two jump hosts lead to the inner host, and no shorter route does",
  async (testbed) => {
    const hops = (["jump", "inner", "innermost"] as const).map((name) =>
      testbed.servers[name]
    );
    const before = hops.map(loginsOf);
    const through = (...jumps: readonly ServerName[]) =>
      systemSsh(testbed, "innermost", "id -un", { key: "ed25519", jumps });
    const output = await through("jump", "inner");
    strictEqual(output.stdout, `${testbed.users.plain}\n`, output.stderr);
    deepStrictEqual(hops.map((server, i) => loginsOf(server) - before[i]!), [
      1,
      1,
      1,
    ]);
    match((await through("jump")).stderr, /administratively prohibited/);
  },
);

sshTest(
  "one server has an IPv6 address, where the machine has one",
  async (testbed) => {
    const options = [`HostName=${testbed.ipv6}`];
    const login = { key: "ed25519", options } as const;
    if (testbed.ipv6) {
      deepStrictEqual(await codesOf(testbed, [["keys", login]]), [0]);
    }
  },
);

sshTest("a server with another host key is noticed", async (testbed) => {
  const { host, port } = testbed.servers.inner;
  const options = [`HostKeyAlias=[${host}]:${port}`];
  const { code, stderr } = await systemSsh(testbed, "jump", "true", {
    key: "ed25519",
    options,
  });
  strictEqual(code, 255);
  match(stderr, /REMOTE HOST IDENTIFICATION HAS CHANGED/);
});

sshTest(
  "a testbed ends with the process that it was started for, and leaves nothing",
  async () => {
    const root = await Deno.makeTempDir({ prefix: "dpdisp-sshd-" });
    const env = { DPDISP_TESTBED_DIR: root };
    const owner = new Deno.Command("sleep", { args: ["60"] }).spawn();
    const { code, stdout } = await run([
      script,
      "start",
      "--until",
      `${owner.pid}`,
    ], { env });
    strictEqual(code, 0);
    const testbed = JSON.parse(stdout) as SshTestbed;
    // A job that has left its session behind.
    const left = await systemSsh(
      testbed,
      "keys",
      "setsid sleep 60 >/dev/null 2>&1 & echo $!",
      { key: "ed25519" },
    );
    const pids = [
      left.stdout,
      await Deno.readTextFile(testbed.servers.code.pidFile),
    ]
      .map(Number);
    deepStrictEqual(pids.map(isAlive), [true, true]);
    owner.kill("SIGKILL");
    await owner.status;
    await waitUntil(() => !exists(root));
    deepStrictEqual(pids.map(isAlive), [false, false]);
    deepStrictEqual(pamServices().filter((text) => text.includes(root)), []);
  },
);

function exists(path: string): boolean {
  try {
    return Boolean(Deno.statSync(path));
  } catch {
    return false;
  }
}

function pamServices(): readonly string[] {
  return [...Deno.readDirSync("/etc/pam.d")].map(({ name }) =>
    Deno.readTextFileSync(`/etc/pam.d/${name}`)
  );
}
