import { match, ok, strictEqual } from "node:assert/strict";
import { realEnvironment } from "../../src/environment/mod.ts";

Deno.test("random text has the requested length, of letters and digits", () => {
  const { random } = realEnvironment();
  for (const length of [0, 1, 8, 200]) {
    match(random(length), new RegExp(`^[a-z0-9]{${length}}$`));
  }
  ok(random(20) !== random(20));
  strictEqual(new Set(random(5000)).size, 36);
});

Deno.test("a sleep ends when its signal aborts, and at once where it has", async () => {
  const { sleep } = realEnvironment().clock;
  const stop = new AbortController();
  const long = sleep(1e12, stop.signal);
  stop.abort();
  await long;
  await sleep(1e12, stop.signal);
});

Deno.test("a sleep longer than any timer can hold does not end at once", async () => {
  const { sleep } = realEnvironment().clock;
  const stop = new AbortController();
  const long = sleep(1e12, stop.signal).then(() => "over");
  const short = new Promise((resolve) => setTimeout(resolve, 50, "asleep"));
  strictEqual(await Promise.race([long, short]), "asleep");
  stop.abort();
  await long;
});

Deno.test("this process is alive, one that has ended is not", async () => {
  const { isAlive, pid } = realEnvironment();
  ok(isAlive(pid));
  const child = new Deno.Command("true").spawn();
  await child.status;
  ok(!isAlive(child.pid));
});

Deno.test("the limit of open files is the parent's, not the one that Deno has raised", async () => {
  const program = `import { realEnvironment } from "${new URL(
    "../../src/environment/mod.ts",
    import.meta.url,
  )}";
console.log(realEnvironment().softLimits.openFiles);`;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, program);
  const line =
    `ulimit -Sn 333; '${Deno.execPath()}' run -A --no-check '${file}'; exit`;
  const { stdout } = await new Deno.Command("bash", { args: ["-c", line] })
    .output();
  await Deno.remove(file);
  if (Deno.build.os === "linux") {
    strictEqual(new TextDecoder().decode(stdout), "333\n");
  }
});
