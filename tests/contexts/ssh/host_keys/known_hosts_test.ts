import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import {
  checkHostKey,
  fingerprint,
  keyType,
  knownAlgorithms,
  knownHostsLine,
  type KnownName,
} from "../../../../src/contexts/ssh/host_keys/known_hosts.ts";
import { linesFor } from "../../../../src/contexts/ssh/host_keys/known_hosts_lines.ts";
import { toolTest } from "../../../helpers/tools.ts";

const host = { hostname: "h.example.org", port: 22 };
const elsewhere = { hostname: "h.example.org", port: 2222 };

/** A key blob of fields, as RFC 4253 and 8709 lay it out; `fill` makes it one of many. */
function keyOf(type: string, fill: number, length = 32): Uint8Array {
  const field = (bytes: Uint8Array) => [0, 0, 0, bytes.length, ...bytes];
  return Uint8Array.from([
    ...field(new TextEncoder().encode(type)),
    ...field(new Uint8Array(length).fill(fill)),
  ]);
}

const ed = keyOf("ssh-ed25519", 1);
const otherEd = keyOf("ssh-ed25519", 2);
const ecdsa = keyOf("ecdsa-sha2-nistp256", 3);
const rsa = keyOf("ssh-rsa", 4);

function line(names: string, key: Uint8Array, marker = ""): string {
  return `${marker}${names} ${keyType(key)} ${key.toBase64()}\n`;
}

function judge(text: string, key = ed, name: KnownName = host) {
  return checkHostKey([{ path: "/k", text }], name, key);
}

const known = { verdict: "known" };
const unknown = { verdict: "unknown" };
const changed = (line: number, key: Uint8Array) => ({
  verdict: "changed",
  path: "/k",
  line,
  expected: fingerprint(key),
});

Deno.test("a key is known under its name, and under none but its name", () => {
  deepStrictEqual(judge(line("h.example.org", ed)), known);
  deepStrictEqual(judge(line("H.Example.ORG", ed)), known);
  deepStrictEqual(judge(line("example.org,h.example.org", ed)), known);
  deepStrictEqual(judge(line("example.org", ed)), unknown);
  deepStrictEqual(judge(line("h.example.org.evil", ed)), unknown);
  deepStrictEqual(judge(line("hxexample.org", ed)), unknown);
  deepStrictEqual(judge(""), unknown);
});

Deno.test("stars, question marks and negation", () => {
  deepStrictEqual(judge(line("*.example.org", ed)), known);
  deepStrictEqual(judge(line("?.example.org", ed)), known);
  deepStrictEqual(judge(line("??.example.org", ed)), unknown);
  deepStrictEqual(judge(line("*.example.org,!h.*", ed)), unknown);
  deepStrictEqual(judge(line("!h.*,*.example.org", ed)), unknown);
  deepStrictEqual(judge(line("!x.*", ed)), unknown);
});

Deno.test("another key of the host means that it changed, also one of another type", () => {
  const text = line("h.example.org", ecdsa) + line("h.example.org", otherEd);
  deepStrictEqual(judge(text), changed(2, otherEd));
  deepStrictEqual(judge(line("h.example.org", ecdsa)), changed(1, ecdsa));
  deepStrictEqual(judge(text + line("h.example.org", ed)), known);
});

Deno.test("any file may know the key, and the one that has another is named", () => {
  const files = [
    { path: "/user", text: line("h.example.org", otherEd) },
    { path: "/system", text: `# system\n${line("h.example.org", ed)}` },
  ];
  deepStrictEqual(checkHostKey(files, host, ed), known);
  deepStrictEqual(checkHostKey(files, host, ecdsa), {
    ...changed(1, otherEd),
    path: "/user",
  });
});

Deno.test("a revoked key is refused for every host that matches, known or not", () => {
  const revoked = (line: number) => ({ verdict: "revoked", path: "/k", line });
  const text = line("h.example.org", ed) + line("*", ed, "@revoked ");
  deepStrictEqual(judge(text), revoked(2));
  deepStrictEqual(judge(text, otherEd), changed(1, ed));
  deepStrictEqual(judge(line("x", ed, "@revoked ")), unknown);
  const plain = line("h.example.org", ed, "@revoked ");
  deepStrictEqual(judge(plain, ed, elsewhere), revoked(1));
  const address = { ...host, address: "192.0.2.7" };
  const ofAddress = line("192.0.2.7", ed, "@revoked ");
  deepStrictEqual(judge(ofAddress, ed, address), revoked(1));
  deepStrictEqual(judge(line("192.0.2.7", ed), ed, address), unknown);
});

Deno.test("another key of the address that was reached means that it changed", () => {
  const address = { ...host, address: "192.0.2.7" };
  const text = line("h.example.org", ed) + line("192.0.2.7", otherEd);
  deepStrictEqual(judge(text, ed, address), changed(2, otherEd));
  deepStrictEqual(judge(text + line("192.0.2.7", ed), ed, address), known);
  deepStrictEqual(judge(text, ed), known);
});

Deno.test("an authority's key is no host's key", () => {
  const text = line("*", ed, "@cert-authority ");
  deepStrictEqual(judge(text), unknown);
  deepStrictEqual(judge(text, ecdsa), unknown);
  deepStrictEqual(knownAlgorithms([{ path: "/k", text }], host), []);
});

Deno.test("a port other than 22 is part of the name; a key known without it counts", () => {
  deepStrictEqual(
    judge(line("[h.example.org]:2222", ed), ed, elsewhere),
    known,
  );
  deepStrictEqual(judge(line("[h.example.org]:2222", ed)), unknown);
  deepStrictEqual(judge(line("[h.example.org]:22", ed)), unknown);
  deepStrictEqual(judge(line("h.example.org", ed), ed, elsewhere), known);
  deepStrictEqual(
    judge(line("h.example.org", otherEd), ed, elsewhere),
    unknown,
  );
  const both = line("h.example.org", ed) +
    line("[h.example.org]:2222", otherEd);
  deepStrictEqual(judge(both, ed, elsewhere), changed(2, otherEd));
});

Deno.test("addresses of IPv6, bracketed as a URI has them or not", () => {
  const at = (hostname: string, port: number) => ({ hostname, port });
  deepStrictEqual(judge(line("2001:db8::1", ed), ed, at("2001:DB8::1", 22)), {
    verdict: "known",
  });
  deepStrictEqual(judge(line("[::1]:2222", ed), ed, at("[::1]", 2222)), known);
  strictEqual(
    knownHostsLine(at("::1", 2222), ed),
    `[::1]:2222 ssh-ed25519 ${ed.toBase64()}`,
  );
});

Deno.test("damaged lines and comments are passed over, and count as lines", () => {
  const good = line("h.example.org", ed);
  const base64 = ed.toBase64();
  const salt = new Uint8Array(20).toBase64();
  const hash = createHmac("sha1", new Uint8Array(20)).update("h.example.org")
    .digest("base64");
  deepStrictEqual(judge(`|1|${salt}|${hash} ssh-ed25519 ${base64}`), known);
  const damaged = [
    "# a comment",
    "",
    "h.example.org",
    "h.example.org ssh-ed25519",
    "h.example.org ssh-ed25519 !!!!",
    "h.example.org ssh-ed25519 AAAA",
    `h.example.org ssh-rsa ${base64}`,
    `h.example.org ssh-ed25519 ${otherEd.slice(0, -1).toBase64()}`,
    `@unheard h.example.org ssh-ed25519 ${base64}`,
    `@revoked @cert-authority h.example.org ssh-ed25519 ${base64}`,
    `#h.example.org ssh-ed25519 ${base64}`,
    `|1|c2FsdA==|aGFzaA== ssh-ed25519 ${base64}`,
    `|1|!|! ssh-ed25519 ${base64}`,
    `|2|${salt}|${hash} ssh-ed25519 ${base64}`,
    "h.example.org 1024 35 1234567",
  ].join("\n");
  deepStrictEqual(judge(damaged), unknown);
  deepStrictEqual(judge(`${damaged}\n${good}`, otherEd), changed(16, ed));
});

Deno.test("line ends of Windows, tabs, indents and comments at the end", () => {
  const text =
    `# x\r\n\t h.example.org\tssh-ed25519  ${ed.toBase64()} me@a\r\n`;
  deepStrictEqual(judge(text), known);
  deepStrictEqual(judge(`h.example.org ssh-ed25519 ${ed.toBase64()}\r\n`), {
    verdict: "known",
  });
});

Deno.test("the algorithms of the known keys are those to ask for", () => {
  const text = line("h.example.org", rsa) + line("?.example.org", ed) +
    line("h.example.org", ed) + line("h.example.org", ecdsa, "@revoked ");
  const files = [{ path: "/k", text }];
  const all = ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa", "ssh-ed25519"];
  deepStrictEqual(knownAlgorithms(files, host), all);
  deepStrictEqual(knownAlgorithms(files, elsewhere), all);
  deepStrictEqual(
    knownAlgorithms(files, { hostname: "x.example.org", port: 22 }),
    [
      "ssh-ed25519",
    ],
  );
  const own = [{
    path: "/k",
    text: text + line("[h.example.org]:2222", ecdsa),
  }];
  deepStrictEqual(knownAlgorithms(own, elsewhere), ["ecdsa-sha2-nistp256"]);
});

Deno.test("bytes that are no key have no type", () => {
  strictEqual(keyType(new Uint8Array()), "");
  strictEqual(keyType(ed.subarray(0, 12)), "");
  strictEqual(keyType(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1)), "");
  strictEqual(keyType(ed), "ssh-ed25519");
});

Deno.test("a line that is added makes the key known, and only there", () => {
  const port = fc.integer({ min: 1, max: 65535 });
  const hostname = fc.constantFrom("a", "A.b", "10.0.0.1", "::1", "fe80::2");
  fc.assert(fc.property(hostname, port, port, (hostname, port, other) => {
    const text = knownHostsLine({ hostname, port }, ed);
    deepStrictEqual(judge(text, ed, { hostname, port }), known);
    const salt = new Uint8Array(20).fill(port % 256);
    const hashed = knownHostsLine({ hostname, port }, ed, salt);
    match(hashed, /^\|1\|\S+ ssh-ed25519 /);
    deepStrictEqual(judge(hashed, ed, { hostname, port }), known);
    if (other === port || port === 22) return;
    deepStrictEqual(judge(text, ed, { hostname, port: other }), unknown);
  }));
});

async function keygen(...args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command("ssh-keygen", {
    args: [...args],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

toolTest(
  "ssh-keygen",
  "fingerprints are those that ssh-keygen shows",
  async () => {
    const directory = await Deno.makeTempDir();
    for (const type of ["ed25519", "ecdsa", "rsa"]) {
      const path = `${directory}/${type}`;
      await keygen("-q", "-t", type, "-N", "", "-f", path);
      const [name, base64] = (await Deno.readTextFile(`${path}.pub`)).split(
        " ",
      );
      const key = Uint8Array.fromBase64(base64!);
      strictEqual(keyType(key), name);
      strictEqual(
        fingerprint(key),
        (await keygen("-l", "-f", `${path}.pub`)).split(" ")[1],
      );
    }
    await Deno.remove(directory, { recursive: true });
  },
);

const names = [
  "a",
  "b.x",
  "aa.x",
  "a-b",
  "10.0.0.1",
  "::1",
  "[a]:22",
  "[a]:2222",
  "[b.x]:2222",
  "[::1]:2222",
];
const pattern = fc.oneof(
  fc.constantFrom(...names, "A", "B.X"),
  fc.string({
    unit: fc.constantFrom("*", "?", "a", "b", ".x", "[", "]:2222", ":", "1"),
    minLength: 1,
    maxLength: 5,
  }),
);
const negatable = fc.tuple(fc.constantFrom("", "", "", "!"), pattern)
  .map((parts) => parts.join(""));
const knownLine = fc.tuple(
  fc.constantFrom(
    "",
    "",
    "",
    "@revoked ",
    "@cert-authority ",
    "@revoked\t",
    "@x ",
    " ",
    "#",
  ),
  fc.array(negatable, { minLength: 1, maxLength: 3 }),
  fc.constantFrom(" ", "\t", "  "),
  fc.constantFrom(" me", "", "\r", " \r"),
).map(([marker, names, gap, end]) =>
  `${marker}${names.join(",")}${gap}ssh-ed25519 ${ed.toBase64()}${end}\n`
);

const hashable = fc.array(fc.constantFrom(...names), {
  minLength: 1,
  maxLength: 3,
}).map((names) => `${names.join(",")} ssh-ed25519 ${ed.toBase64()}\n`);

/** Numbers of the lines that ssh-keygen finds for a name. */
async function found(path: string, name: string): Promise<readonly number[]> {
  const text = await keygen("-F", name, "-f", path);
  return [...text.matchAll(/^# Host .* found: line (\d+)/gm)]
    .map(([, line]) => Number(line));
}

toolTest(
  "ssh-keygen",
  "the lines about a host are those that ssh-keygen -F finds, also once -H has hashed them",
  async () => {
    const directory = await Deno.makeTempDir();
    const path = `${directory}/known_hosts`;
    const lines = fc.tuple(
      fc.array(knownLine, { minLength: 12, maxLength: 12 }),
      fc.array(hashable, { minLength: 3, maxLength: 3 }),
    );
    const counts = { hits: 0, hashed: 0 };
    const compare = async () => {
      const text = await Deno.readTextFile(path);
      counts.hashed += text.split("|1|").length - 1;
      for (const name of names) {
        const ours = linesFor([{ path, text }], name).map(({ line }) => line);
        deepStrictEqual(ours, await found(path, name), `${name} in\n${text}`);
        counts.hits += ours.length;
      }
    };
    for (const [any, plain] of fc.sample(lines, { numRuns: 8, seed: 4 })) {
      await Deno.writeTextFile(path, any.join(""));
      await compare();
      // Names with wildcards stay as they are, and a marker that it cannot read would stop it.
      const valid = any.filter((line) => !/^@(x|[a-z]*\t)/.test(line));
      await Deno.writeTextFile(path, [...plain, ...valid].join(""));
      await keygen("-H", "-f", path);
      await compare();
    }
    ok(counts.hits > 50 && counts.hashed > 24, JSON.stringify(counts));
    await Deno.remove(directory, { recursive: true });
  },
);
