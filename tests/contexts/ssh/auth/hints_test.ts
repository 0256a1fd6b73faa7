/** The hints after a failed login. */
import { deepStrictEqual, match, ok } from "node:assert/strict";
import type { Hop } from "../../../../src/contexts/ssh/hop.ts";
import {
  type AuthAttempts,
  type AuthHint,
  codeHint,
  hintFor,
  passphraseHint,
  passwordHint,
} from "../../../../src/contexts/ssh/auth/hints.ts";

const SECRETS = { password: null, passphrase: null, totp: null };
const far = {
  ...{ name: "far", jumpTo: null, sshCommand: "ssh jo@far", secrets: SECRETS },
} as Hop;
const gate = { ...far, name: "gate", jumpTo: "far", sshCommand: "ssh gate" };

const lines = (hop: Hop, attempts: Partial<AuthAttempts>) =>
  hintFor(hop, { attempted: [], notes: [], offered: null, ...attempts })
    .split("\n");

const note = (method: AuthHint["method"], text: string) => ({
  ...{ detail: "no", hint: { method, text } },
});

Deno.test("Hints for methods that the host offers come first, each one once", () => {
  const notes = [
    note("publickey", "key"),
    note("password", "same"),
    note("keyboard-interactive", "same"),
  ];
  deepStrictEqual(lines(far, { notes, offered: ["password"] }), [
    "same",
    "key",
  ]);
  deepStrictEqual(lines(far, { notes, offered: ["publickey"] }), [
    "key",
    "same",
  ]);
  deepStrictEqual(lines(far, { notes }), ["key", "same"]);
});

Deno.test("A rejected password is to be corrected, where the host offers the method", () => {
  const hop = { ...far, secrets: { ...SECRETS, password: "x" } };
  const attempted = ["password"];
  deepStrictEqual(lines(hop, { attempted, offered: ["password"] }), [
    "Correct remote_profile.password: the host rejected it",
  ]);
  match(
    lines(far, { attempted, offered: ["password"] })[0]!,
    /^Try `ssh jo@far`/,
  );
});

Deno.test("Without notes the hints are to set a key, and to try ssh", () => {
  const [key, hand, ...more] = lines(far, { offered: ["publickey"] });
  match(key!, /^Set remote_profile.key_filename .* agent/);
  match(hand!, /^Try `ssh jo@far`.* remote_profile.transport = "openssh"/);
  deepStrictEqual(more, []);
  match(lines(far, { offered: ["gssapi-with-mic"] })[0]!, /^Try/);
  match(lines(gate, {})[0]!, /^Set IdentityFile under `Host gate` .* a key/);
});

Deno.test("The hint is to set a missing field, and to correct a wrong one", () => {
  const all = { password: "a", passphrase: "b", totp: "c" };
  const full = { ...far, secrets: all };
  const hintsFor = (hop: Hop) => [
    passwordHint(hop),
    codeHint(hop, false),
    passphraseHint(hop, "/k"),
  ];
  const fields = ["password", "totp_secret", "passphrase"];
  hintsFor(far).forEach((hint, i) => {
    ok(hint.startsWith(`Set remote_profile.${fields[i]}`), hint);
    ok(hint.endsWith(", or run in a terminal"), hint);
  });
  hintsFor(full).forEach((hint, i) =>
    ok(hint.startsWith(`Correct remote_profile.${fields[i]}`), hint)
  );
  match(codeHint(full, true), /totp_secret .*remote_profile\.password/);
});

Deno.test("For a jump host no hint names a secret that is not sent to it", () => {
  for (const hint of [passwordHint(gate), codeHint(gate, false)]) {
    match(hint, /^Run in a terminal, because the secrets .* not sent to jump/);
  }
  match(passphraseHint(gate, "/k"), /^Set remote_profile.passphrase/);
});
