/** Logging in by password and by what a host asks, at a real sshd. */
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
  type SshBed,
  sshTest,
} from "../../../helpers/sshd.ts";
import { fakeScreen } from "../../../helpers/environment.ts";
import { codeAt } from "../../../helpers/totp.ts";
import {
  at,
  near,
  plainSecret,
  type Profile,
  said,
  sayIn,
  tryIn,
  type Typist,
} from "../../../helpers/ssh_client.ts";

const secrets = (bed: SshBed, ...which: readonly string[]) => ({
  ...which.includes("password") && { password: plainSecret(bed.password) },
  ...which.includes("totp") && { totpSecret: plainSecret(bed.totpSecret) },
});

const key = (bed: SshBed): Partial<Profile> => ({ keyFile: bed.keys.ed25519 });

/** Types what a question is for. */
const typing = (bed: SshBed): Typist => (question, hidden) => {
  if (!hidden) return null;
  if (/code/i.test(question)) return codeAt(bed.totpSecret);
  return /password/i.test(question) ? bed.password : null;
};

sshTest("Secrets of the script answer what a host asks", async (bed) => {
  const logins: readonly Partial<Profile>[] = [
    { ...at(bed, "password"), ...secrets(bed, "password") },
    { ...at(bed, "code"), ...secrets(bed, "totp") },
    { ...at(bed, "password_code"), ...secrets(bed, "password", "totp") },
    { ...at(bed, "key_code"), ...secrets(bed, "totp"), ...key(bed) },
  ];
  for (const profile of logins) {
    deepStrictEqual(await tryIn(bed, profile), {
      said: bed.users.plain,
      asked: [],
    });
  }
  match(logOf(bed.servers.key_code), /^Partial publickey for /m);
});

sshTest(
  "Whoever sits at the terminal answers where the script does not",
  async (bed) => {
    const { plain } = bed.users;
    const typist = typing(bed);
    const ask = async (
      profile: Partial<Profile>,
      questions: readonly RegExp[],
    ) => {
      const { said, asked } = await tryIn(bed, profile, { typist });
      strictEqual(said, plain);
      strictEqual(asked.length, questions.length, asked.join());
      questions.forEach((question, i) => match(asked[i]!, question));
    };
    const [password, code] = [/^\(.*\) Password/, /Verification code/];
    await ask(at(bed, "password"), [/^\S+@127\.0\.0\.1's password: $/]);
    await ask(at(bed, "code"), [code]);
    await ask(at(bed, "password_code"), [password, code]);
    await ask({ ...at(bed, "password_code"), ...secrets(bed, "totp") }, [
      password,
    ]);
    await ask({ ...at(bed, "key_code"), ...key(bed) }, [code]);
  },
);

sshTest("Without an answer the failure quotes the prompt", async (bed) => {
  const code = await tryIn(bed, at(bed, "code"));
  match(code.said, /^Permission denied \(keyboard-interactive\)/);
  match(code.said, /the host prompts "Verification code:", and nothing was/);
  match(code.said, /\nSet remote_profile\.totp_secret, or run in a terminal$/);
  strictEqual(code.asked.length, 1);
  const half = { ...at(bed, "password_code"), ...secrets(bed, "password") };
  match((await tryIn(bed, half)).said, /host prompts "Verification code:"/);
  const none = await tryIn(bed, at(bed, "password"));
  match(none.said, /\nSet remote_profile\.password, or run in a terminal$/);
  match(
    none.said,
    /^Permission denied .*: there was no key, agent or password to try/s,
  );
});

sshTest(
  "Hints for methods that the host offers come before others",
  async (bed) => {
    const locked = bed.keys.ed25519_passphrase;
    const { said } = await tryIn(bed, {
      ...at(bed, "code"),
      keyFile: locked,
    });
    const hints = said.slice(said.indexOf("\nSet ")).trim().split("\n");
    deepStrictEqual(hints, [
      "Set remote_profile.totp_secret, or run in a terminal",
      `Set remote_profile.passphrase for ${locked}, or run in a terminal`,
    ]);
  },
);

sshTest(
  "A method that the host has accepted is not reported",
  async (bed) => {
    const { said } = await tryIn(bed, { ...at(bed, "key_code"), ...key(bed) });
    match(said, /^Permission denied \(keyboard-interactive\):\n/);
    match(said, / rejected: answers to keyboard-interactive prompts\n/);
    match(said, /nothing was typed\nSet remote_profile\.totp/);
  },
);

sshTest(
  "Wrong secrets are rejected, and reported without their text",
  async (bed) => {
    const wrong = plainSecret("wr0ng-secret");
    const { said } = await tryIn(bed, {
      ...at(bed, "password"),
      password: wrong,
    });
    match(said, /^Permission denied \(.*\): .* rejected: password$/m);
    match(said, /\nCorrect remote_profile\.password: the host rejected it$/);
    ok(!said.includes("wr0ng-secret"), said);
    const asked = await tryIn(bed, {
      ...at(bed, "password_code"),
      ...secrets(bed, "totp"),
      password: wrong,
    });
    match(asked.said, /^Permission denied .*the host prompts "Password:"/s);
    match(asked.said, /\nCorrect remote_profile\.password: the host/);
    ok(!asked.said.includes("wr0ng-secret"), asked.said);
    const noBase32 = await tryIn(bed, {
      ...at(bed, "code"),
      totpSecret: plainSecret("n0t-base-32!"),
    });
    match(noBase32.said, /totp_secret is not base32 text/);
    match(noBase32.said, /\nCorrect remote_profile\.totp_secret \(base32/);
    ok(!noBase32.said.includes("n0t-base-32"), noBase32.said);
  },
);

sshTest(
  "Typing may fail twice; who gives up is not asked again",
  async (bed) => {
    const typed = ["wrong", "wrong too", bed.password];
    const third = await tryIn(bed, at(bed, "password"), {
      typist: () => typed.shift() ?? null,
    });
    deepStrictEqual([third.said, third.asked.length], [bed.users.plain, 3]);
    const gaveUp = await tryIn(bed, at(bed, "password"));
    strictEqual(gaveUp.asked.length, 1);
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
    sleep(ms: number, signal?: AbortSignal) {
      if (signal) return clock.sleep(ms, signal);
      jumps.push(ms);
      return Promise.resolve();
    },
  };
}

sshTest(
  "A host that takes a code once is told the next window's by the next login",
  async (bed) => {
    const clock = jumpingClock();
    await using side = await near({
      knownHosts: await Deno.readTextFile(bed.knownHosts),
      world: { clock },
    });
    const profile = { ...at(bed, "once"), ...secrets(bed, "totp") };
    const before = loginsOf(bed.servers.once);
    strictEqual(await sayIn(side, profile), bed.users.plain);
    deepStrictEqual(clock.jumps, []);
    // The host takes codes of the window after its own too.
    strictEqual(await sayIn(side, profile), bed.users.plain);
    strictEqual(clock.jumps.length, 1);
    ok(clock.jumps[0]! > 0 && clock.jumps[0]! <= 30_000);
    strictEqual(loginsOf(bed.servers.once) - before, 2);
  },
);

sshTest(
  "One login carries many scripts, side by side and one after the other",
  async (bed) => {
    await using side = await near({
      knownHosts: await Deno.readTextFile(bed.knownHosts),
    });
    const before = loginsOf(bed.servers.code);
    const opened = await side.open({
      ...at(bed, "code"),
      ...secrets(bed, "totp"),
    });
    ok(opened.ok);
    await using shell = opened.value;
    const words = Array.from({ length: 15 }, (_, i) => `word ${i}`);
    const heard = await Promise.all(
      words.map((word) => said(shell, `echo ${word}`)),
    );
    deepStrictEqual(heard, words);
    strictEqual(await said(shell, "echo after"), "after");
    strictEqual(loginsOf(bed.servers.code) - before, 1);
  },
);

sshTest(
  "A fault while somebody is asked is a login that failed",
  async (bed) => {
    const typist = () => {
      throw new Error("the terminal is on fire");
    };
    for (const server of ["code", "password"] as const) {
      const { said } = await tryIn(bed, at(bed, server), { typist });
      match(said, /^Permission denied .*the terminal is on fire/s, server);
    }
  },
);

Deno.test("A question for a password is none for a code, whatever else is in it", () => {
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

Deno.test("What a host tells above its question cannot move the cursor", async () => {
  const screen = fakeScreen();
  const hop = { name: "far", secrets: {} } as Hop;
  await promptAnswers(hop, null, { terminal: screen }, []).answer({
    name: "\x1b]0;title\x07",
    instructions: "one\r\n\x1b[2Jtwo",
    prompts: [{ prompt: "? " }],
  });
  strictEqual(screen.written.err, "\\x1b]0;title\\x07\none\n\\x1b[2Jtwo\n");
});
