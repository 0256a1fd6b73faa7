import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { resolveSecret } from "../../src/contexts/resolve_secret.ts";
import { formatFailure } from "../../src/text/result.ts";
import {
  plainSecret,
  readReference,
  type Secret,
} from "../../src/schema/secret.ts";
import { fakeEnvironment } from "../helpers/environment.ts";

const world = fakeEnvironment({
  cwd: "/work",
  env: (name) => ({ HOME: "/home/ana", TOKEN: "from env", NONE: "" })[name],
  tree: {
    "/home/ana/.secret": "from home\n",
    "/work/sub/secret": "relative\r\n",
    "/work/two": "first\nsecond\n\n",
    "/abs": "absolute",
  },
});

const read = (secret: Secret | null) =>
  resolveSecret("password", secret, world);

async function textOf(reference: string): Promise<string | null> {
  const text = await read(readReference(reference)!);
  if (!text.ok) throw new Error(formatFailure(text.error));
  return text.value;
}

Deno.test("A plain secret, and no secret, are returned unchanged", async () => {
  deepStrictEqual(await read(null), { ok: true, value: null });
  deepStrictEqual(await read(plainSecret("text\n")), {
    ok: true,
    value: "text\n",
  });
});

Deno.test("The command of a secret has the limits that dpdisp was started with", async () => {
  const softLimits = { openFiles: 77, addressSpace: null };
  const secret = readReference("${cmd:ulimit -Sn}");
  deepStrictEqual(
    await resolveSecret("password", secret, { ...world, softLimits }),
    { ok: true, value: "77" },
  );
});

Deno.test("References are followed; one line break at the end does not count", async () => {
  strictEqual(await textOf("${env:TOKEN}"), "from env");
  strictEqual(await textOf("${env:NONE}"), "");
  strictEqual(await textOf("${file:~/.secret}"), "from home");
  strictEqual(await textOf("${file:sub/secret}"), "relative");
  strictEqual(await textOf("${file:/abs}"), "absolute");
  strictEqual(await textOf("${file:two}"), "first\nsecond\n");
  strictEqual(await textOf("${cmd:printf 'a b\\n\\n'}"), "a b\n");
  strictEqual(await textOf("${cmd:echo $((6 * 7)) | tr 4 5}"), "52");
});

Deno.test("A reference that cannot be resolved is reported, without any output of its command", async () => {
  const failures = {
    "${env:MISSING}": "the environment has no variable MISSING",
    "${file:~/gone}": "there is no readable file ~/gone",
    "${file:/work}": "/work is not a readable file of at most 1 MiB",
    "${cmd:echo hush; exit 7}": "its command ended with exit code 7",
  };
  for (const [reference, detail] of Object.entries(failures)) {
    const text = await read(readReference(reference)!);
    ok(!text.ok);
    strictEqual(text.error.summary, "Cannot read the secret password");
    strictEqual(text.error.detail, detail);
    strictEqual(text.error.isRetryable, false);
    ok(!formatFailure(text.error).includes("hush"));
  }
});
