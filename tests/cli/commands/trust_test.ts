/** What a script may do only if it is trusted, with the whole program. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import {
  type ScriptParts,
  SSH,
  sshScript,
  TRIPWIRE,
  type TrustFixture,
  withTrustFixture,
} from "../../helpers/trust_bench.ts";

const OPENING = [
  ["run"],
  ["run", "--json"],
  ["run", "--quiet"],
  ["run", "--dry-run"],
  ["doctor"],
  ["doctor", "--json"],
  ["cancel"],
] as const;

const SECRETS = [
  TRIPWIRE,
  'password = "${cmd:echo >>WORK/ran; echo x}"',
  'passphrase = "${env:TOKEN}"',
  'totp_secret = "${file:~/.ssh/id}"',
];

Deno.test("for a script that is not trusted nothing is read, executed or connected", () =>
  withTrustFixture(async (fixture) => {
    await fixture.put("work/a.py", sshScript({ profile: SECRETS }));
    await fixture.put("home/.ssh/id", "zq7key", 0o600);
    for (const [verb, ...flags] of OPENING) {
      const { code, output } = await fixture.run(verb, "a.py", ...flags);
      strictEqual(code, 2, output);
      for (
        const line of [
          /"?a\.py"?(:10:14|,"line":10,"column":14).*password runs the command/,
          /"?a\.py"?(:11:16|,"line":11,"column":16).*passphrase reads the environment variable TOKEN/,
          /"?a\.py"?(:12:17|,"line":12,"column":17).*totp_secret reads the file \/.*\/home\/\.ssh\/id/,
          /--allow-ref, or .*: dpdisp trust a\.py/,
        ]
      ) match(output, line);
      deepStrictEqual(fixture.traces(), [], verb);
    }
    for (const verb of ["check", "plan"]) {
      strictEqual((await fixture.run(verb, "a.py")).code, 0);
      deepStrictEqual(fixture.traces(), []);
    }
  }));

Deno.test("--allow-ref trusts a script for one command, the trust command until its metadata changes", () =>
  withTrustFixture(async (fixture) => {
    const profile = SECRETS.slice(0, 3);
    const clean = () =>
      fixture.traces().forEach((name) =>
        Deno.removeSync(`${fixture.directory}/work/${name}`)
      );
    const isRun = async (...flags: string[]) => {
      clean();
      await fixture.run("doctor", "a.py", ...flags);
      return fixture.traces().includes("ran");
    };
    await fixture.put("work/a.py", sshScript({ profile }));
    ok(await isRun("--allow-ref"));
    ok(!await isRun());
    const refused = await fixture.run("trust", "a.py");
    strictEqual(refused.code, 2);
    match(refused.output, /there is no terminal/);
    ok(!await isRun());
    const { code, output } = await fixture.run("trust", "a.py", "--yes");
    strictEqual(code, 0);
    match(output, /password runs the command "echo >>.*ran; echo x"/);
    match(output, /may be sent to: evil\.example\n/);
    ok(await isRun());
    await fixture.put("work/a.py", sshScript({ profile, code: "print(2)" }));
    ok(await isRun(), "the code has no part in it");
    await fixture.put(
      "work/a.py",
      sshScript({ profile }).replace("evil.example", "worse.example"),
    );
    ok(!await isRun(), "another host");
    await fixture.put("work/b.py", sshScript({ profile }));
    strictEqual((await fixture.run("doctor", "b.py")).code, 2);
    await fixture.put("work/a.py", sshScript({ profile }));
    ok(await isRun());
    strictEqual((await fixture.run("trust", "--revoke", "a.py")).code, 0);
    ok(!await isRun());
  }));

Deno.test("trust ends when a file that $ref names changes, and check needs trust too", () =>
  withTrustFixture(async (fixture) => {
    const profile = ['"$ref" = "site.yaml"', TRIPWIRE];
    await fixture.put("work/a.py", sshScript({ profile }));
    await fixture.put("work/site.yaml", "username: jo\n");
    const codes = async () => [
      (await fixture.run("check", "a.py")).code,
      (await fixture.run("plan", "a.py")).code,
      (await fixture.run("doctor", "a.py")).code,
    ];
    deepStrictEqual(await codes(), [2, 2, 2]);
    strictEqual((await fixture.run("trust", "--yes", "a.py")).code, 0);
    deepStrictEqual(await codes(), [0, 0, 3]);
    await fixture.put(
      "work/site.yaml",
      'username: jo\npassword: "${env:TOKEN}"\n',
    );
    deepStrictEqual(await codes(), [2, 2, 2]);
    await fixture.put("work/site.yaml", "username: mallory\n");
    deepStrictEqual(await codes(), [2, 2, 2]);
  }));

Deno.test("at a terminal the question is asked once, and every answer but yes means no", () =>
  withTrustFixture(async (fixture) => {
    await fixture.put("work/a.py", sshScript({ profile: SECRETS.slice(0, 2) }));
    for (const answer of ["no", "", "yes?"]) {
      Object.assign(fixture, { answer });
      for (const verb of ["run", "doctor", "cancel"]) {
        strictEqual((await fixture.run(verb, "a.py")).code, 2);
      }
    }
    strictEqual(fixture.questions.length, 9);
    deepStrictEqual(fixture.traces(), []);
    Object.assign(fixture, { answer: "yes" });
    const { code, output } = await fixture.run("doctor", "a.py");
    strictEqual(code, 3, output);
    match(output, /password runs the command/);
    deepStrictEqual(fixture.traces(), ["connected", "ran"]);
    strictEqual((await fixture.run("doctor", "a.py")).code, 3);
    strictEqual(fixture.questions.length, 10);
    // With --json there is no question.
    await fixture.put("work/b.py", sshScript({ profile: SECRETS.slice(0, 2) }));
    strictEqual((await fixture.run("doctor", "--json", "b.py")).code, 2);
    strictEqual(fixture.questions.length, 10);
  }));

/** The last line of `plan --json`. */
async function plannedBy(fixture: TrustFixture) {
  const { output } = await fixture.run("plan", "--json", "a.py");
  return JSON.parse(output.trimEnd().split("\n").at(-1)!);
}

Deno.test("what the specification allows works without trust, and is listed", () =>
  withTrustFixture(async (fixture) => {
    await fixture.put("data/big", "x");
    await fixture.put("site/head.tmpl", "#!/bin/sh\n");
    await Deno.symlink(
      `${fixture.directory}/data/big`,
      `${fixture.directory}/work/in`,
    );
    const parts: ScriptParts = {
      profile: [TRIPWIRE, 'execute_command = "echo hi"', 'password = "x"'],
      strategy: [
        'customized_script_header_template_file = "../site/head.tmpl"',
      ],
      inputs: ["in"],
    };
    await fixture.put("work/a.py", sshScript(parts));
    const { output } = await fixture.run("run", "a.py");
    deepStrictEqual(fixture.traces(), ["connected"]);
    match(
      output,
      /^Inputs from outside the work base:\n {2}\.\.\/site\/head\.tmpl -> \/.*\/site\/head\.tmpl\n {2}in -> \/.*\/data\/big\nCommands that run on this computer:\n {2}machine\.remote_profile\.proxy_command {2}sh -c/,
    );
    const plan = await fixture.run("plan", "a.py");
    match(plan.output, /\n {2}in -> \/.*\/data\/big\n/);
    const { outsideInputs, localCommands } = await plannedBy(fixture);
    deepStrictEqual(outsideInputs, [
      {
        input: "../site/head.tmpl",
        path: `${fixture.directory}/site/head.tmpl`,
      },
      { input: "in", path: `${fixture.directory}/data/big` },
    ]);
    deepStrictEqual(localCommands, [{
      field: "machine.remote_profile.proxy_command",
      command: `sh -c 'echo >>${fixture.directory}/work/connected; exit 1'`,
    }]);
  }));

Deno.test("plan lists the commands of the site where they run locally, and ${cmd:} always", () =>
  withTrustFixture(async (fixture) => {
    const commands = 'commands = { poll = "my-squeue" }';
    const slurm = SSH.with(0, 'batch_type = "Slurm"');
    const here = [slurm[0]!, 'context_type = "LazyLocal"', slurm[2]!];
    const plannedFor = async (parts: ScriptParts) => {
      await fixture.put("work/a.py", sshScript(parts));
      return await plannedBy(fixture);
    };
    const local = await plannedFor({ context: [...here, commands] });
    deepStrictEqual(local.localCommands, [
      { field: "machine.commands.poll", command: "my-squeue" },
    ]);
    const far = await plannedFor({
      context: [...slurm, commands],
      profile: ['hostname = "h"', 'password = "${cmd:pass x}"'],
    });
    deepStrictEqual([far.outsideInputs, far.localCommands], [[], [
      { field: "machine.remote_profile.password", command: "pass x" },
    ]]);
    const none = await plannedFor({
      profile: ['proxy_command = "none"', 'passphrase = "${env:TOKEN}"'],
    });
    deepStrictEqual([none.outsideInputs, none.localCommands], [[], []]);
    const { output } = await fixture.run("plan", "a.py");
    ok(!/outside|on this computer/.test(output), output);
  }));
