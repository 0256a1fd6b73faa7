/** Logins by password and by keyboard-interactive prompts, with a real sshd. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { Hop } from "../../../../src/contexts/ssh/hop.ts";
import {
  promptAnswers,
  promptKind,
} from "../../../../src/contexts/ssh/auth/prompts.ts";
import { realEnvironment } from "../../../../src/environment/mod.ts";
import {
  loginsOf,
  logOf,
  sshTest,
  type SshTestbed,
} from "../../../helpers/sshd.ts";
import { fakeTerminal } from "../../../helpers/environment.ts";
import { codeAt } from "../../../helpers/totp.ts";
import {
  loginAt,
  loginOutput,
  openSshClient,
  outputOf,
  plainSecret,
  type Profile,
  tryLogin,
  type Typist,
} from "../../../helpers/ssh_client.ts";

const secrets = (testbed: SshTestbed, ...which: readonly string[]) => ({
  ...which.includes("password") && { password: plainSecret(testbed.password) },
  ...which.includes("totp") && { totpSecret: plainSecret(testbed.totpSecret) },
});

const key = (testbed: SshTestbed): Partial<Profile> => ({
  keyFile: testbed.keys.ed25519,
});

/** Types what a prompt asks for. */
const typing = (testbed: SshTestbed): Typist => (question, hidden) => {
  if (!hidden) return null;
  if (/code/i.test(question)) return codeAt(testbed.totpSecret);
  return /password/i.test(question) ? testbed.password : null;
};

sshTest(
  "Secrets of the script answer the prompts of a host",
  async (testbed) => {
    const logins: readonly Partial<Profile>[] = [
      { ...loginAt(testbed, "password"), ...secrets(testbed, "password") },
      { ...loginAt(testbed, "code"), ...secrets(testbed, "totp") },
      {
        ...loginAt(testbed, "password_code"),
        ...secrets(testbed, "password", "totp"),
      },
      {
        ...loginAt(testbed, "key_code"),
        ...secrets(testbed, "totp"),
        ...key(testbed),
      },
    ];
    for (const profile of logins) {
      deepStrictEqual(await tryLogin(testbed, profile), {
        output: testbed.users.plain,
        questions: [],
      });
    }
    match(logOf(testbed.servers.key_code), /^Partial publickey for /m);
  },
);

sshTest(
  "The user at the terminal answers where the script does not",
  async (testbed) => {
    const { plain } = testbed.users;
    const typist = typing(testbed);
    const ask = async (
      profile: Partial<Profile>,
      questions: readonly RegExp[],
    ) => {
      const { output, questions: asked } = await tryLogin(testbed, profile, {
        typist,
      });
      strictEqual(output, plain);
      strictEqual(asked.length, questions.length, asked.join());
      questions.forEach((question, i) => match(asked[i]!, question));
    };
    const [password, code] = [/^\(.*\) Password/, /Verification code/];
    await ask(loginAt(testbed, "password"), [
      /^\S+@127\.0\.0\.1's password: $/,
    ]);
    await ask(loginAt(testbed, "code"), [code]);
    await ask(loginAt(testbed, "password_code"), [password, code]);
    await ask({
      ...loginAt(testbed, "password_code"),
      ...secrets(testbed, "totp"),
    }, [
      password,
    ]);
    await ask({ ...loginAt(testbed, "key_code"), ...key(testbed) }, [code]);
  },
);

sshTest("Without an answer the failure quotes the prompt", async (testbed) => {
  const code = await tryLogin(testbed, loginAt(testbed, "code"));
  match(code.output, /^Permission denied \(keyboard-interactive\)/);
  match(code.output, /the host prompts "Verification code:", and nothing was/);
  match(
    code.output,
    /\nSet remote_profile\.totp_secret, or run in a terminal$/,
  );
  strictEqual(code.questions.length, 1);
  const half = {
    ...loginAt(testbed, "password_code"),
    ...secrets(testbed, "password"),
  };
  match(
    (await tryLogin(testbed, half)).output,
    /host prompts "Verification code:"/,
  );
  const none = await tryLogin(testbed, loginAt(testbed, "password"));
  match(none.output, /\nSet remote_profile\.password, or run in a terminal$/);
  match(
    none.output,
    /^Permission denied .*: there was no key, agent or password to try/s,
  );
});

sshTest(
  "Hints for methods that the host offers come before others",
  async (testbed) => {
    const locked = testbed.keys.ed25519_passphrase;
    const { output } = await tryLogin(testbed, {
      ...loginAt(testbed, "code"),
      keyFile: locked,
    });
    const hints = output.slice(output.indexOf("\nSet ")).trim().split("\n");
    deepStrictEqual(hints, [
      "Set remote_profile.totp_secret, or run in a terminal",
      `Set remote_profile.passphrase for ${locked}, or run in a terminal`,
    ]);
  },
);

sshTest(
  "A method that the host has accepted is not reported",
  async (testbed) => {
    const { output } = await tryLogin(testbed, {
      ...loginAt(testbed, "key_code"),
      ...key(testbed),
    });
    match(output, /^Permission denied \(keyboard-interactive\):\n/);
    match(output, / rejected: answers to keyboard-interactive prompts\n/);
    match(output, /nothing was typed\nSet remote_profile\.totp/);
  },
);

sshTest(
  "Wrong secrets are rejected, and reported without their text",
  async (testbed) => {
    const wrong = plainSecret("wr0ng-secret");
    const { output } = await tryLogin(testbed, {
      ...loginAt(testbed, "password"),
      password: wrong,
    });
    match(output, /^Permission denied \(.*\): .* rejected: password$/m);
    match(output, /\nCorrect remote_profile\.password: the host rejected it$/);
    ok(!output.includes("wr0ng-secret"), output);
    const questions = await tryLogin(testbed, {
      ...loginAt(testbed, "password_code"),
      ...secrets(testbed, "totp"),
      password: wrong,
    });
    match(
      questions.output,
      /^Permission denied .*the host prompts "Password:"/s,
    );
    match(questions.output, /\nCorrect remote_profile\.password: the host/);
    ok(!questions.output.includes("wr0ng-secret"), questions.output);
    const noBase32 = await tryLogin(testbed, {
      ...loginAt(testbed, "code"),
      totpSecret: plainSecret("n0t-base-32!"),
    });
    match(noBase32.output, /totp_secret is not base32 text/);
    match(noBase32.output, /\nCorrect remote_profile\.totp_secret \(base32/);
    ok(!noBase32.output.includes("n0t-base-32"), noBase32.output);
  },
);

sshTest(
  "A password may be mistyped twice; after the user gives up there is no other prompt",
  async (testbed) => {
    const typed = ["wrong", "wrong too", testbed.password];
    const third = await tryLogin(testbed, loginAt(testbed, "password"), {
      typist: () => typed.shift() ?? null,
    });
    deepStrictEqual([third.output, third.questions.length], [
      testbed.users.plain,
      3,
    ]);
    const gaveUp = await tryLogin(testbed, loginAt(testbed, "password"));
    strictEqual(gaveUp.questions.length, 1);
  },
);

/** Whoever waits for a time is there at once; what watches over a host runs in real time. */
function jumpingClock() {
  const { clock } = realEnvironment();
  const jumps: number[] = [];
  const ahead = () => jumps.reduce((sum, ms) => sum + ms, 0);
  return {
    jumps,
    now: () => clock.now() + ahead(),
    elapsed: () => clock.elapsed() + ahead(),
    sleep(ms: number, signal?: AbortSignal) {
      if (signal) return clock.sleep(ms, signal);
      jumps.push(ms);
      return Promise.resolve();
    },
  };
}

sshTest(
  "Where a host accepts a code once, the next login sends the code of the next window",
  async (testbed) => {
    const clock = jumpingClock();
    await using client = await openSshClient({
      knownHosts: await Deno.readTextFile(testbed.knownHosts),
      environment: { clock },
    });
    const profile = {
      ...loginAt(testbed, "once"),
      ...secrets(testbed, "totp"),
    };
    const before = loginsOf(testbed.servers.once);
    strictEqual(await loginOutput(client, profile), testbed.users.plain);
    deepStrictEqual(clock.jumps, []);
    // The host accepts codes of the window after its own too.
    strictEqual(await loginOutput(client, profile), testbed.users.plain);
    strictEqual(clock.jumps.length, 1);
    ok(clock.jumps[0]! > 0 && clock.jumps[0]! <= 30_000);
    strictEqual(loginsOf(testbed.servers.once) - before, 2);
  },
);

sshTest(
  "One login carries many scripts, side by side and one after the other",
  async (testbed) => {
    await using client = await openSshClient({
      knownHosts: await Deno.readTextFile(testbed.knownHosts),
    });
    const before = loginsOf(testbed.servers.code);
    const opened = await client.open({
      ...loginAt(testbed, "code"),
      ...secrets(testbed, "totp"),
    });
    ok(opened.ok);
    await using shell = opened.value;
    const words = Array.from({ length: 15 }, (_, i) => `word ${i}`);
    const outputs = await Promise.all(
      words.map((word) => outputOf(shell, `echo ${word}`)),
    );
    deepStrictEqual(outputs, words);
    strictEqual(await outputOf(shell, "echo after"), "after");
    strictEqual(loginsOf(testbed.servers.code) - before, 1);
  },
);

sshTest(
  "An error during a prompt is a failed login",
  async (testbed) => {
    const typist = () => {
      throw new Error("the terminal is on fire");
    };
    for (const server of ["code", "password"] as const) {
      const { output } = await tryLogin(testbed, loginAt(testbed, server), {
        typist,
      });
      match(output, /^Permission denied .*the terminal is on fire/s, server);
    }
  },
);

Deno.test("A prompt for a password is not taken for one for a code, whatever else is in it", () => {
  const meanings = {
    password: [
      "Password:",
      "Authentication password:",
      "Password for jo@AUTH-TOKENS.EXAMPLE:",
      "LDAP Password (authenticates you):",
      "密码:",
    ],
    code: [
      "Verification code: ",
      "One-time password (OATH) for jo: ",
      "One-Time Passcode:",
      "Enter OTP: ",
      "Password or TOTP: ",
      "Token code:",
      "2FA:",
      "Second factor:",
      "Authenticator code:",
    ],
    other: ["Duo two options (1-2): ", "Are you sure? "],
  };
  for (const [meaning, prompts] of Object.entries(meanings)) {
    for (const prompt of prompts) {
      strictEqual(promptKind(prompt), meaning, prompt);
    }
  }
});

Deno.test("The text of a host above its prompt cannot move the cursor", async () => {
  const screen = fakeTerminal();
  const hop = { name: "far", secrets: {} } as Hop;
  await promptAnswers(hop, null, { terminal: screen }, []).answer({
    name: "\x1b]0;title\x07",
    instructions: "one\r\n\x1b[2Jtwo",
    prompts: [{ prompt: "? " }],
  });
  strictEqual(screen.written.err, "\\x1b]0;title\\x07\none\n\\x1b[2Jtwo\n");
});
