import { notStrictEqual, strictEqual } from "node:assert/strict";
import { localShell } from "../../src/contexts/local_shell.ts";
import { bytesOf } from "../helpers/far_side.ts";

async function said(openFiles: number | null, script: string): Promise<string> {
  const opened = await localShell(openFiles).open(script);
  if (!opened.ok) throw new Error(opened.error.saw);
  const text = new TextDecoder().decode(await bytesOf(opened.value.stdout));
  await bytesOf(opened.value.stderr);
  await opened.value.exit;
  return text.trim();
}

Deno.test("A script has the limit of open files that dpdisp was started with", async () => {
  strictEqual(await said(321, "ulimit -Sn"), "321");
  strictEqual(await said(321, "bash -c 'ulimit -Sn'"), "321");
});

Deno.test("Without a known limit the script runs all the same", async () => {
  strictEqual(await said(null, "echo x"), "x");
});

Deno.test("A key that interrupts dpdisp does not reach its scripts", async () => {
  const group = (stat: string) => stat.replace(/.*\) /, "").split(" ")[2];
  const own = await Deno.readTextFile("/proc/self/stat");
  notStrictEqual(group(await said(null, "cat /proc/$$/stat")), group(own));
});
