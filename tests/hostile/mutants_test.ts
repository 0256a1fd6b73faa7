/** Right inputs with a part of their block broken at random: whatever it says, `check` answers, and soon. */
import { ok } from "node:assert/strict";
import fc from "fast-check";
import { MAX_MS, runCheck } from "../helpers/checked.ts";

const root = new URL("../../", import.meta.url).pathname;
const examples = [
  "hello.py",
  "packed/packed.py",
  "sweep/sweep.py",
  "copied/copied.py",
];

/** What people and machines put into a file by error or on purpose. */
const pieces = [
  ..."[]{}=\"'#,.\\\n\r\t\0*?/-:$`\u2028\u{1f600}\x1b\x9b",
  '"""',
  "'''",
  "[[",
  "]]",
  "# ///\n",
  "# /// script\n",
  "\n# ",
  "true",
  "nan",
  "-inf",
  "1e999999",
  "0x",
  "9007199254740993",
  "9".repeat(5_000),
  "1979-05-27",
  "../".repeat(50),
  "**/**/**",
  "[".repeat(200),
  "{a=".repeat(200),
  "x".repeat(70_000),
  "\\u0000",
  "\\ud800",
  '"$ref" = "/dev/zero.yaml"\n# ',
  "${file:/dev/zero}",
  "/dev/zero",
  "/",
  "~",
  "__proto__",
  "constructor",
  "toString = 1\n# ",
];

interface Cut {
  readonly at: number;
  readonly drop: number;
  readonly put: string;
}

const cut: fc.Arbitrary<Cut> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.constantFrom(0, 0, 1, 3, 20, 200),
  put: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 8 })),
});

/** Where a value begins, it is most worth while. */
function mutated(text: string, cuts: readonly Cut[]): string {
  return cuts.reduce((text, { at, drop, put }) => {
    const places = [...text.matchAll(/= |^# |$/gm)];
    const place = places[Math.floor(at * (places.length - 1))]!;
    const from = place.index + place[0].length + (drop % 3);
    return text.slice(0, from) + put + text.slice(from + drop);
  }, text);
}

for (const [at, path] of examples.entries()) {
  Deno.test(`200 mutants of ${path} are answered`, async () => {
    const above = await Deno.makeTempDir({ prefix: "dpdisp-mutant-" });
    const directory = `${above}/examples/${path}`.replace(/\/[^/]*$/, "");
    await new Deno.Command("cp", { args: ["-r", `${root}examples`, above] })
      .output();
    const example = await Deno.readTextFile(`${root}examples/${path}`);
    const codes = new Map<number, number>();
    try {
      const arbitrary = fc.array(cut, { minLength: 1, maxLength: 3 });
      const many = fc.sample(arbitrary, { numRuns: 200, seed: 7 + at });
      for (const cuts of many) {
        const script = mutated(example, cuts);
        await Deno.writeTextFile(`${directory}/run.py`, script);
        for (const command of [["check"], ["plan", "--allow-ref"]]) {
          const { code, output, ms } = await runCheck(
            directory,
            ...command,
            "run.py",
          );
          const shown = `${JSON.stringify(cuts)}\n${output.slice(0, 2_000)}`;
          ok(code === 0 || code === 2, `exit code ${code}: ${shown}`);
          ok(ms < MAX_MS, `${Math.round(ms)} ms: ${shown}`);
          codes.set(code, (codes.get(code) ?? 0) + 1);
        }
      }
      // Else the mutants would be so broken that nothing looks at their values, or not broken at all.
      ok(codes.get(0)! > 10 && codes.get(2)! > 100, JSON.stringify([...codes]));
    } finally {
      await Deno.remove(above, { recursive: true });
    }
  });
}
