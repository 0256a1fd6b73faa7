import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  allowedAlgorithms,
  KINDS,
} from "../../../../src/contexts/ssh/algorithms.ts";
import {
  keywordOf,
  OPTIONS,
  refusedOptions,
} from "../../../../src/contexts/ssh/config/option_table.ts";
import { run } from "../../../helpers/remote_dir.ts";
import { testsWith } from "../../../helpers/tools.ts";

const test = testsWith("ssh");

test("every keyword that the local ssh prints has its row", async () => {
  const { stdout } = await run(["ssh", "-G", "-F", "none", "localhost"]);
  const words = [...stdout.matchAll(/^(\S+)/gm)].map(([, word]) =>
    keywordOf(word!)
  );
  deepStrictEqual(words.filter((word) => OPTIONS[word] === undefined), []);
});

test("what only ssh supports is refused, unless it is disabled", () => {
  const refused = (key: string, value: string) =>
    refusedOptions(new Map([[key, [value]]])).length > 0;
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["proxyusefdpass", "yes", true],
    ["proxyusefdpass", "no", false],
    ["knownhostscommand", "/bin/keys %h", true],
    ["knownhostscommand", "none", false],
    ["bindinterface", "eth0", true],
    ["bindinterface", "none", false],
    ["forwardagent", "yes", false],
    ["unheardof", "yes", false],
  ];
  for (const [key, value, is] of cases) {
    strictEqual(refused(key, value), is, `${key} ${value}`);
  }
});

test("the order of the user's Ciphers holds; without a list chacha20 comes first, as in OpenSSH", () => {
  const listed = "aes256-ctr,unheard-of,aes128-gcm@openssh.com";
  deepStrictEqual(allowedAlgorithms("cipher", listed), [
    "aes256-ctr",
    "aes128-gcm@openssh.com",
  ]);
  const [first, ...others] = allowedAlgorithms("cipher", null);
  deepStrictEqual(first, "chacha20-poly1305@openssh.com");
  ok(others.includes("aes128-gcm@openssh.com"));
});

test("lists of algorithms are read as in ssh_config(5), with patterns", () => {
  const { defaults } = KINDS.serverHostKey;
  const cases: readonly (readonly [string | null, readonly string[]])[] = [
    [null, defaults],
    ["rsa-sha2-256,ssh-ed25519,unheard-of", ["rsa-sha2-256", "ssh-ed25519"]],
    ["+ssh-rsa,unheard-of", [...defaults, "ssh-rsa"]],
    ["-ecdsa-*,rsa-sha2-256", ["ssh-ed25519", "rsa-sha2-512"]],
    ["^rsa-*", [
      "rsa-sha2-512",
      "rsa-sha2-256",
      ...defaults.filter((name) => !name.startsWith("rsa-")),
    ]],
    ["unheard-of", []],
    ["", []],
  ];
  for (const [list, allowed] of cases) {
    const algorithms = allowedAlgorithms("serverHostKey", list);
    deepStrictEqual(algorithms, allowed, String(list));
  }
});
