import { rejects, strictEqual } from "node:assert/strict";
import { outputWithin } from "../../src/contexts/output_within.ts";
import { resolveSecret } from "../../src/contexts/resolve_secret.ts";
import { localSsh } from "../../src/contexts/ssh/config/local_ssh.ts";
import { settingsOf } from "../../src/contexts/ssh/config/mod.ts";
import { readReference } from "../../src/schema/secret.ts";
import { formatFailure, type Result } from "../../src/text/result.ts";
import { fakeEnvironment } from "../helpers/environment.ts";
import { shims } from "../helpers/remote_dir.ts";

Deno.test("A program that ends in time gives its output, and one that is not there fails", async () => {
  const environment = fakeEnvironment();
  const output = await outputWithin(9, "sh", {
    args: ["-c", "echo out; exit 3"],
  }, environment);
  strictEqual(output?.code, 3);
  strictEqual(new TextDecoder().decode(output.stdout), "out\n");
  await rejects(
    outputWithin(9, "/nowhere/program", {}, environment),
    Deno.errors.NotFound,
  );
});

Deno.test("A program that takes longer is killed", async () => {
  const environment = fakeEnvironment();
  const output = outputWithin(9, "sleep", { args: ["300"] }, environment);
  await environment.clock.advance(9_000);
  strictEqual(await output, null);
});

async function detailOf(result: Promise<Result<unknown>>): Promise<string> {
  const got = await result;
  return got.ok ? "no failure" : formatFailure(got.error);
}

Deno.test("The command of a secret that hangs is told by the name of its field", async () => {
  const environment = fakeEnvironment();
  const secret = readReference("${cmd:exec sleep 300}");
  const told = detailOf(resolveSecret("password", secret, environment));
  await environment.clock.advance(300_000);
  strictEqual(
    await told,
    "Cannot read the secret password: its command has not ended within 300 s",
  );
});

Deno.test("ssh -G that hangs, for example in a command of Match exec, is told", async () => {
  const environment = fakeEnvironment();
  const before = Deno.env.get("PATH")!;
  Deno.env.set("PATH", shims({ ssh: "exec sleep 300" }));
  try {
    const told = detailOf(settingsOf("host", {}, localSsh(environment)));
    await environment.clock.advance(30_000);
    strictEqual(
      (await told).split("\n")[0],
      "Cannot read the SSH settings of host: no answer within 30 s; a command of `Match exec` may hang",
    );
  } finally {
    Deno.env.set("PATH", before);
  }
});
