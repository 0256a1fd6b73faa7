/** What is advised after a login that was refused. */
import { deepStrictEqual, match, ok } from "node:assert/strict";
import type { Hop } from "../../../../src/contexts/ssh/hop.ts";
import {
  type AuthAttempts,
  type AuthHint,
  codeAdvice,
  hintFor,
  passphraseAdvice,
  passwordAdvice,
} from "../../../../src/contexts/ssh/auth/hints.ts";

const SECRETS = { password: null, passphrase: null, totp: null };
const far = {
  ...{ name: "far", jumpTo: null, byHand: "ssh jo@far", secrets: SECRETS },
} as Hop;
const gate = { ...far, name: "gate", jumpTo: "far", byHand: "ssh gate" };

const lines = (hop: Hop, attempts: Partial<AuthAttempts>) =>
  hintFor(hop, { tried: [], notes: [], offered: null, ...attempts })
    .split("\n");

const note = (by: AuthHint["by"], advice: string) => ({
  ...{ saw: "no", mend: { by, advice } },
});

Deno.test("What the host makes possible is advised first, each thing once", () => {
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

Deno.test("A password that was refused is what to correct, where the host takes one", () => {
  const hop = { ...far, secrets: { ...SECRETS, password: "x" } };
  const tried = ["the password"];
  deepStrictEqual(lines(hop, { tried: tried, offered: ["password"] }), [
    "Correct remote_profile.password: the host refused it",
  ]);
  match(
    lines(far, { tried: tried, offered: ["password"] })[0]!,
    /^Try `ssh jo@far`/,
  );
});

Deno.test("With nothing in the way a key that fits is advised, and ssh by hand", () => {
  const [key, hand, ...more] = lines(far, { offered: ["publickey"] });
  match(key!, /^Set remote_profile.key_filename .* agent/);
  match(hand!, /^Try `ssh jo@far`.* remote_profile.transport = "openssh"/);
  deepStrictEqual(more, []);
  match(lines(far, { offered: ["gssapi-with-mic"] })[0]!, /^Try/);
  match(lines(gate, {})[0]!, /^Name a key .*IdentityFile under `Host gate`/);
});

Deno.test("Fields are named by what they are: missing, or wrong", () => {
  const all = { password: "a", passphrase: "b", totp: "c" };
  const full = { ...far, secrets: all };
  const told = (hop: Hop) => [
    passwordAdvice(hop),
    codeAdvice(hop, false),
    passphraseAdvice(hop, "/k"),
  ];
  const fields = ["password", "totp_secret", "passphrase"];
  told(far).forEach((advice, i) => {
    ok(advice.startsWith(`Set remote_profile.${fields[i]}`), advice);
    ok(advice.endsWith(", or run in a terminal"), advice);
  });
  told(full).forEach((advice, i) =>
    ok(advice.startsWith(`Correct remote_profile.${fields[i]}`), advice)
  );
  match(codeAdvice(full, true), /totp_secret .*remote_profile\.password/);
});

Deno.test("For a jump host no field is named that it does not get", () => {
  for (const advice of [passwordAdvice(gate), codeAdvice(gate, false)]) {
    match(advice, /^Run in a terminal, since jump hosts get none/);
  }
  match(passphraseAdvice(gate, "/k"), /^Set remote_profile.passphrase/);
});
