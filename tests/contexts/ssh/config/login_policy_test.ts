/** Compares logins by ssh2 with those of the system's `ssh`, with a real sshd: none that ssh refuses, and no password sent that ssh does not send. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { KINDS } from "../../../../src/contexts/ssh/algorithms.ts";
import {
  settingsOf,
  type SshSettings,
} from "../../../../src/contexts/ssh/config/mod.ts";
import { sshTest } from "../../../helpers/sshd.ts";
import { withAgent } from "../../../helpers/ssh_agent.ts";
import {
  loginAt,
  loginOutput,
  openSshClient,
} from "../../../helpers/ssh_client.ts";
import { cases, type PolicyCase } from "./policy_cases.ts";
import {
  configOf,
  type Login,
  loginByDpdisp,
  loginBySsh,
  makeHome,
} from "./policy_logins.ts";

interface Compared {
  readonly row: PolicyCase;
  readonly ssh: Login;
  readonly ours: Login;
}

/** A login is mostly waiting; sshd drops some of more than ten at once (MaxStartups). */
const AT_ONCE = 8;

/** What dpdisp does and ssh does not. */
function laxer(ours: Login, ssh: Login): readonly string[] {
  const lines = (text: string) => text.split("\n").length;
  return [
    ...ours.outcome !== "refused" && ours.outcome !== ssh.outcome
      ? [`lets in by ${ours.outcome} where ssh says ${ssh.outcome}`]
      : [],
    ...ours.sent && !ssh.sent ? ["sends a password that ssh keeps"] : [],
    ...lines(ours.knownHosts) > lines(ssh.knownHosts)
      ? ["keeps a host key that ssh does not"]
      : [],
  ];
}

sshTest(
  `No login is laxer than that of ssh, in ${cases.length} cases`,
  async (testbed) => {
    const found: Compared[] = [];
    const left = [...cases.entries()];
    const compare = async (row: PolicyCase, at: number, socket: string) => {
      const ssh = await loginBySsh(testbed, row, `127.77.0.${at + 1}`, socket);
      const ours = await loginByDpdisp(
        testbed,
        row,
        `127.78.0.${at + 1}`,
        socket,
      );
      found.push({ row, ssh, ours });
    };
    const work = async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [at, row] = next;
        const keys = row.agent ? [testbed.keys[row.agent]] : [];
        await withAgent(keys, (socket) => compare(row, at, socket));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const wrong = found.flatMap(({ row, ssh, ours }) => [
      ...laxer(ours, ssh).map((what) => `${row.name}: ${what}`),
      ...ssh.outcome === row.ssh
        ? []
        : [`${row.name}: ssh says ${ssh.outcome}: ${ssh.output}`],
      ...ours.outcome === (row.refuses ? "refused" : row.ssh)
        ? []
        : [`${row.name}: we say ${ours.outcome}: ${ours.output}`],
    ]);
    deepStrictEqual(wrong, []);
    for (const { row, ours } of found) {
      if (row.refuses) match(ours.output, row.refuses, row.name);
      if (row.leaves) match(ours.knownHosts, row.leaves, row.name);
    }
  },
);

sshTest(
  "Where there is no ssh, the settings computed from the files are the same",
  async (testbed) => {
    for (const row of cases) {
      // Without ssh nothing is run.
      if (row.config?.includes("Match exec")) continue;
      await using client = await openSshClient();
      const dir = `${client.home}/.ssh`;
      await makeHome(dir, testbed, row);
      client.config(configOf(testbed, row, dir, "127.77.1.1"));
      const { host } = testbed.servers[row.server];
      const config = `${dir}/config`;
      const without = { ...client.lookup, run: () => Promise.resolve(null) };
      const [bySsh, byUs] = [
        await settingsOf(host, { config }, client.lookup),
        await settingsOf(host, { config }, without),
      ];
      ok(bySsh.ok && byUs.ok);
      deepStrictEqual(
        comparable(byUs.value),
        comparable(bySsh.value),
        row.name,
      );
    }
  },
);

sshTest("Each algorithm that may be offered works", async (testbed) => {
  for (const { option, supported } of Object.values(KINDS)) {
    const server = option === "hostkeyalgorithms" ? "keys" : "every";
    // Where the cipher does that itself, no MAC is agreed on.
    const cipher = option === "macs" ? "Ciphers aes128-ctr" : "";
    for (const name of supported) {
      await using client = await openSshClient();
      client.config(`Host *\n${option} ${name}\n${cipher}`);
      const profile = {
        ...loginAt(testbed, server),
        keyFile: testbed.keys.ed25519,
      };
      const output = await loginOutput(client, {
        ...profile,
        acceptNewHostKey: true,
      });
      const has = HOST_KEYS.test(name) || server === "every";
      strictEqual(output === testbed.users.plain, has, `${name}: ${output}`);
    }
  }
});

/** Of the server "keys". */
const HOST_KEYS = /^(ssh-ed25519|ecdsa-sha2-nistp256|rsa-sha2-.*|ssh-rsa)$/;

/** ssh writes whole lists where there were parts. */
function comparable(settings: SshSettings) {
  const refused = settings.policy.refused.map((line) => line.split(" ")[0]);
  return { ...settings, policy: { ...settings.policy, refused } };
}

Deno.test("The table has the cases that it should, each once", () => {
  ok(cases.length >= 45);
  const names = cases.map(({ name }) => name);
  deepStrictEqual(names, [...new Set(names)]);
});
