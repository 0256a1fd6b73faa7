import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import {
  type Agent,
  type ParsedKey,
  utils,
} from "../../../../src/contexts/ssh/ssh2.ts";
import {
  agentSigning,
  keyRefusal,
  signingKey,
} from "../../../../src/contexts/ssh/auth/key_rules.ts";
import { run } from "../../../helpers/remote_dir.ts";
import { testsWith } from "../../../helpers/tools.ts";

const test = testsWith("ssh-keygen");

async function rsaKey(): Promise<ParsedKey> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/key`;
  await run([
    "ssh-keygen",
    "-q",
    "-t",
    "rsa",
    "-b",
    "2047",
    "-N",
    "",
    "-f",
    path,
  ]);
  const parsed = utils.parseKey(await Deno.readTextFile(path));
  await Deno.remove(directory, { recursive: true });
  return [parsed].flat()[0] as ParsedKey;
}

const data = new TextEncoder().encode("to be signed");
const MODERN = { userKeys: ["rsa-sha2-512", "rsa-sha2-256"] };
const OLD = { userKeys: [...MODERN.userKeys, "ssh-rsa"] };

test("RSA signs by SHA-1 only where PubkeyAcceptedAlgorithms has ssh-rsa", async () => {
  const key = await rsaKey();
  const refusal = signingKey(MODERN, key).sign(data, "sha1");
  ok(refusal instanceof Error);
  match(refusal.message, /PubkeyAcceptedAlgorithms/);
  for (const [policy, hash] of [[MODERN, "sha256"], [OLD, "sha1"]] as const) {
    const signing = signingKey(policy, key);
    ok(!(signing.sign(data, hash) instanceof Error));
    deepStrictEqual(signing.getPublicSSH(), key.getPublicSSH());
  }
});

test("so does the agent", () => {
  const signed: string[] = [];
  const agent: Agent = {
    getIdentities: () => {},
    sign(_key, _data, { hash }, then) {
      signed.push(hash ?? "none");
      then(undefined, new Uint8Array());
    },
  };
  const errors: (string | undefined)[] = [];
  for (const policy of [MODERN, OLD]) {
    for (const hash of ["sha1", "sha256", undefined]) {
      const options = hash === undefined ? {} : { hash };
      agentSigning(policy, agent)(
        data,
        data,
        options,
        (error) => void errors.push(error?.message.slice(0, 8)),
      );
    }
  }
  deepStrictEqual(signed, ["sha256", "none", "sha1", "sha256", "none"]);
  deepStrictEqual(errors.filter(Boolean), ["the host"]);
});

test("a key is too short by one bit, and of its own kind", async () => {
  const key = Uint8Array.from((await rsaKey()).getPublicSSH());
  const at = (rsaBits: number) => keyRefusal({ ...MODERN, rsaBits }, key);
  strictEqual(at(2047), null);
  match(at(2048)!, /2047 bits.*2048/);
  const none = keyRefusal({ userKeys: ["ssh-ed25519"], rsaBits: 0 }, key);
  match(none!, /does not allow rsa-sha2-256/);
});
