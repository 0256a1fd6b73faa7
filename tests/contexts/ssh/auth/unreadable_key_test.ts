/** The messages about key files that ssh can read and dpdisp cannot. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { readKey } from "../../../../src/contexts/ssh/auth/key_file.ts";
import { run } from "../../../helpers/remote_dir.ts";
import { memoryFiles } from "../../../helpers/memory_files.ts";
import { sshTest } from "../../../helpers/sshd.ts";
import {
  loginAt,
  loginOutput,
  openSshClient,
  plainSecret,
} from "../../../helpers/ssh_client.ts";

/** A field behind its length in 4 bytes. */
function field(content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  const framed = new Uint8Array(4 + bytes.length);
  new DataView(framed.buffer).setUint32(0, bytes.length);
  framed.set(bytes, 4);
  return framed;
}

/** As PROTOCOL.key of OpenSSH has it, up to the public key; no security key is at hand to make one with. */
function opensshKey(cipher: string, type: string): string {
  const parts = [
    new TextEncoder().encode("openssh-key-v1\0"),
    ...[cipher, "bcrypt", ""].map(field),
    Uint8Array.of(0, 0, 0, 1),
    field(Uint8Array.of(...field(type), ...field(new Uint8Array(32).fill(7)))),
    field(new Uint8Array(200).fill(90)),
  ];
  const base64 = Uint8Array.from(parts.flatMap((part) => [...part])).toBase64();
  const lines = base64.match(/.{1,70}/g)!.join("\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

const SECRET = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=";
const OPENSSH = /transport = "openssh"/;

const CASES: readonly (readonly [
  name: string,
  text: string,
  detail: RegExp,
  hint: RegExp,
])[] = [
  [
    "/k/id.ppk",
    `PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\nPrivate-Lines: 1\r\n${SECRET}\r\n`,
    /PuTTY key/,
    /puttygen \/k\/id.ppk -O private-openssh -o \/k\/id.openssh/,
  ],
  [
    "/k/old.ppk",
    `PuTTY-User-Key-File-2: ecdsa-sha2-nistp256\n${SECRET}\n`,
    /PuTTY key/,
    /puttygen/,
  ],
  [
    "/k/sk",
    opensshKey("none", "sk-ssh-ed25519@openssh.com"),
    /security key \(FIDO\)/,
    OPENSSH,
  ],
  [
    "/k/sk_locked",
    opensshKey("aes256-ctr", "sk-ecdsa-sha2-nistp256@openssh.com"),
    /security key \(FIDO\)/,
    OPENSSH,
  ],
  [
    "/k/chacha",
    opensshKey("chacha20-poly1305@openssh.com", "ssh-ed25519"),
    /encrypted with chacha20/,
    /ssh-add \/k\/chacha.*ssh-keygen -p -Z aes256-ctr -f \/k\/chacha.*transport = "openssh"/,
  ],
  [
    "/k/aes192",
    opensshKey("aes192-cbc", "ssh-rsa"),
    /encrypted with aes192-cbc/,
    /ssh-keygen -p -Z/,
  ],
  [
    "/k/odd cipher",
    opensshKey("no-such-cipher", "ssh-rsa"),
    /not a private key that dpdisp can read/,
    /ssh-keygen -p -Z aes256-ctr -f '\/k\/odd cipher'/,
  ],
  [
    "/k/cert",
    `ssh-ed25519-cert-v01@openssh.com ${SECRET} me\n`,
    /is a certificate/,
    OPENSSH,
  ],
  [
    "/k/ssh2",
    `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n${SECRET}\n`,
    /another SSH program/,
    /ssh-keygen -i -f \/k\/ssh2/,
  ],
  [
    "/k/lib.so",
    `\x7fELF${SECRET}`,
    /shared library/,
    /PKCS11Provider.*transport = "openssh"/,
  ],
  [
    "/k/des",
    `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: NO-SUCH-CBC,0123456789ABCDEF\n\n${SECRET}\n-----END RSA PRIVATE KEY-----\n`,
    /not a private key that dpdisp can read/,
    OPENSSH,
  ],
  ["/k/text", `${SECRET}\n`, /not a private key that dpdisp can read/, OPENSSH],
];

for (const [path, text, detail, hint] of CASES) {
  Deno.test(`the message about ${path} has nothing of its content`, () => {
    const file = readKey(path, "passphrase", {
      files: memoryFiles({ [path]: text }),
    });
    ok(file.is === "unreadable");
    match(file.detail, detail);
    match(file.hint, hint);
    const parts = text.match(/[A-Za-z0-9+/=]{24,}/g) ?? [];
    const shown = parts.filter((part) =>
      `${file.detail}${file.hint}`.includes(part)
    );
    deepStrictEqual(shown, []);
  });
}

sshTest(
  "A key whose cipher only ssh supports: there is no prompt, and the hint makes the login succeed",
  async (testbed) => {
    for (const cipher of ["chacha20-poly1305@openssh.com", "aes192-cbc"]) {
      await using client = await openSshClient({
        knownHosts: await Deno.readTextFile(testbed.knownHosts),
        typist: () => testbed.passphrase,
      });
      const key = `${client.home}/key`;
      await Deno.copyFile(testbed.keys.ed25519_passphrase, key);
      await Deno.chmod(key, 0o600);
      const change = (to: string) =>
        run([
          ...["ssh-keygen", "-q", "-p", "-a", "4", "-Z", to, "-f", key],
          ...["-P", testbed.passphrase, "-N", testbed.passphrase],
        ]);
      strictEqual((await change(cipher)).code, 0);
      const profile = {
        ...loginAt(testbed, "keys"),
        keyFile: key,
        passphrase: plainSecret(testbed.passphrase),
      };
      const refusal = await loginOutput(client, profile);
      match(refusal, new RegExp(`is encrypted with ${cipher}`));
      const to = /-Z (\S+)/.exec(refusal)![1]!;
      deepStrictEqual(client.questions, []);
      strictEqual((await change(to)).code, 0);
      strictEqual(await loginOutput(client, profile), testbed.users.plain);
    }
  },
);
