import { notStrictEqual, strictEqual } from "node:assert/strict";
import type { SoftLimits } from "../../../src/environment/environment.ts";
import { bytesOf } from "../../helpers/remote_dir.ts";
import { localShell } from "../../../src/contexts/local/mod.ts";

async function outputOf(
  limits: Partial<SoftLimits>,
  script: string,
): Promise<string> {
  const all = { openFiles: null, addressSpace: null, ...limits };
  const opened = await localShell(all).open(script);
  if (!opened.ok) throw new Error(opened.error.detail);
  const text = new TextDecoder().decode(await bytesOf(opened.value.stdout));
  await bytesOf(opened.value.stderr);
  await opened.value.exit;
  return text.trim();
}

Deno.test("A script has the limit of open files that dpdisp was started with", async () => {
  strictEqual(await outputOf({ openFiles: 321 }, "ulimit -Sn"), "321");
  strictEqual(
    await outputOf({ openFiles: 321 }, "bash -c 'ulimit -Sn'"),
    "321",
  );
});

Deno.test("A script has the limit of addresses that the launcher raised, and not the launcher's variable", async () => {
  strictEqual(
    await outputOf({ addressSpace: 3_000_000 }, "ulimit -Sv"),
    "3000000",
  );
  Deno.env.set("DPDISP_LIMITS", "open_files=1024 address_space=unlimited");
  strictEqual(await outputOf({}, 'echo "<$DPDISP_LIMITS>"'), "<>");
  Deno.env.delete("DPDISP_LIMITS");
});

Deno.test("Without a known limit the script runs all the same", async () => {
  strictEqual(await outputOf({}, "echo x"), "x");
});

Deno.test("A key that interrupts dpdisp does not reach its scripts", async () => {
  const group = (stat: string) => stat.replace(/.*\) /, "").split(" ")[2];
  const own = await Deno.readTextFile("/proc/self/stat");
  notStrictEqual(group(await outputOf({}, "cat /proc/$$/stat")), group(own));
});

Deno.test("Variables with names of the scripts' own are kept for jobs, and are on no command line", async () => {
  const values = { name: "it's\nme", D: "/data", BASH_ENV: "/dev/null" };
  const before = Deno.env.toObject();
  try {
    for (const [name, value] of Object.entries(values)) {
      Deno.env.set(name, value);
    }
    const script =
      'name=x; D=y; BASH_ENV=z; tr "\\0" " " <"/proc/$$/cmdline"; echo; eval "$DPDISP_ENVIRONMENT"; echo "$name,$D,$BASH_ENV"';
    const [command, ...kept] = (await outputOf({}, script)).split("\n");
    strictEqual(command!.includes("data"), false, command);
    strictEqual(kept.join("\n"), "it's\nme,/data,/dev/null");
  } finally {
    for (const name of Object.keys(values)) {
      const old = before[name];
      if (old === undefined) Deno.env.delete(name);
      else Deno.env.set(name, old);
    }
  }
});
