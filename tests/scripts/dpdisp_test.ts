/** The launcher, scripts/dpdisp.sh, as users start it. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { PERMISSIONS } from "../../scripts/permissions.ts";
import { scriptText } from "../helpers/dpdisp.ts";
import { readOr, run, SHELLS } from "../helpers/remote_dir.ts";
import { toolOf, toolTest } from "../helpers/tools.ts";

const launcher = `${import.meta.dirname}/../../scripts/dpdisp.sh`;

/** 8 GiB, in kB: less than V8 reserves. */
const LOW = 8_388_608;

/** A directory with a space in its name, and `deno` alone first on PATH. */
async function withDir(
  use: (dir: string, env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "dpdisp launcher " });
  await Deno.mkdir(`${dir}/bin`);
  await Deno.symlink(Deno.execPath(), `${dir}/bin/deno`);
  const env = {
    PATH: `${dir}/bin:${Deno.env.get("PATH")}`,
    XDG_STATE_HOME: `${dir}/state`,
  };
  try {
    await use(dir, env);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

for (const words of SHELLS) {
  toolTest(
    toolOf(words),
    `Under a hard ulimit -v that is too low, ${
      words.join(" ")
    } says what dpdisp needs, and nothing dies`,
    () =>
      withDir(async (_dir, env) => {
        const line = `ulimit -v ${LOW}; exec "$@"`;
        const command = ["sh", "-c", line, "sh", ...words, launcher];
        const seen = await run([...command, "run", "a.py"], { env });
        deepStrictEqual([seen.code, seen.stdout], [69, ""]);
        match(
          seen.stderr,
          /^error: .*ulimit -v is 8388608 kB.* 50331648 kB.*\n$/,
        );
      }),
  );

  toolTest(
    [...toolOf(words), "python3"],
    `A soft ulimit -v that is too low is raised by ${
      words.join(" ")
    }, and tasks get it back`,
    () =>
      withDir(async (dir, env) => {
        const task = `import os, resource
for name in "RLIMIT_AS", "RLIMIT_NOFILE":
    print(resource.getrlimit(getattr(resource, name))[0])
print("DPDISP_LIMITS" in os.environ)`;
        await Deno.writeTextFile(`${dir}/a.py`, scriptText(task));
        const line =
          `cd "$0" && ulimit -Sv ${LOW} && ulimit -Sn 321 && exec "$@"`;
        const command = ["sh", "-c", line, dir, ...words, launcher];
        const { code, stderr } = await run([...command, "run", "a.py"], {
          env,
        });
        strictEqual(code, 0, stderr);
        const limits = [String(LOW * 1024), "321", "False", ""];
        strictEqual(readOr(`${dir}/log`, ""), limits.join("\n"));
      }),
  );
}

toolTest(
  "python3",
  "doctor reports an address space that was limited, and none that was not",
  () =>
    withDir(async (dir, env) => {
      await Deno.writeTextFile(`${dir}/a.py`, scriptText("print(1)"));
      for (const [limit, isTold] of [[LOW, true], ["hard", false]] as const) {
        const line = `cd "$0" && ulimit -Sv ${limit} && exec "$@"`;
        const command = ["bash", "-c", line, dir, launcher, "doctor", "a.py"];
        const { code, stdout } = await run(command, { env });
        strictEqual(code, 0, stdout);
        strictEqual(/^ok +ulimit -v +8388608 kB/m.test(stdout), isTold, stdout);
      }
    }),
);

Deno.test("The executable beside the launcher is started, through links too, with every argument", () =>
  withDir(async (dir, env) => {
    await Deno.mkdir(`${dir}/lib`);
    await Deno.copyFile(launcher, `${dir}/lib/dpdisp`);
    const link = `${dir}/bin/dpdisp`;
    await Deno.symlink("../lib/dpdisp", link);
    const without = await run([link, "run"], { env });
    strictEqual(without.code, 69);
    match(without.stderr, /^error: .*there is no .*\/lib\/dpdisp\.bin/);
    await Deno.writeTextFile(
      `${dir}/lib/dpdisp.bin`,
      `#!/bin/sh\nprintf '<%s>' "$@"; echo "$DPDISP_LIMITS"; exit 7\n`,
      { mode: 0o755 },
    );
    const seen = await run([link, "run", "a b", "", "*"], { env });
    strictEqual(seen.code, 7, seen.stderr);
    match(
      seen.stdout,
      /^<run><a b><><\*>open_files=\d+ address_space=(\d+|unlimited)\n$/,
    );
  }));

Deno.test("In a checkout dpdisp has the permissions and the version of Deno that are shipped", async () => {
  const text = await Deno.readTextFile(launcher);
  const readme = await Deno.readTextFile(
    `${import.meta.dirname}/../../README.md`,
  );
  match(text, new RegExp(`run .*${PERMISSIONS.join(" ")} `));
  strictEqual(/deno@[\d.]+/.exec(text)?.[0], /deno@[\d.]+/.exec(readme)?.[0]);
});

toolTest(
  "shellcheck",
  "shellcheck finds no fault with the launcher",
  async () => {
    const { stdout } = await run(["shellcheck", launcher]);
    strictEqual(stdout, "");
  },
);
