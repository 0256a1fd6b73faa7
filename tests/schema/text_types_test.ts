import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as v from "valibot";
import { allRows } from "../../src/schema/all_fields.ts";
import {
  directive,
  line,
  name,
  path,
  text,
  texts,
  word,
  wordOrNone,
} from "../../src/schema/text_types.ts";

const kinds = { text, path, line, directive, name, word, wordOrNone };
type KindName = keyof typeof kinds;

/** What each text is: the kinds that take it. */
const cases: readonly (readonly [string, string])[] = [
  ["debug", "text path line directive name word wordOrNone"],
  ["", "text path line directive wordOrNone"],
  // What real batch systems are told: queues, lists, servers, groups, constraints.
  ["short,long", "text path line directive name word wordOrNone"],
  ["workq@server2", "text path line directive name word wordOrNone"],
  ["all.q@@hosts", "text path line directive name word wordOrNone"],
  ["!all.q|(long*)", "text path line directive name word wordOrNone"],
  ["skylake&ib", "text path line directive name word wordOrNone"],
  ["gpu:a100:2", "text path line directive name word wordOrNone"],
  ["group/sub=x+y%z#1", "text path line directive name word wordOrNone"],
  ["Übung", "text path line directive name word wordOrNone"],
  // Blanks, of whatever kind.
  ["debug --exclusive", "text path line directive name"],
  ["a\u00a0b", "text path line directive name"],
  ["a\u3000b", "text path line directive name"],
  ["a\tb", "text path line directive"],
  ["--exclusive", "text path line directive"],
  ["-x", "text path line directive"],
  // What a batch system's own reader takes away or goes on after.
  ['a"b', "text path line directive name"],
  ["a'b", "text path line directive name"],
  ["a`b", "text path line directive name"],
  ["a\\", "text path line directive name"],
  // Control characters.
  ["a\nb", "text path"],
  ["a\n", "text path"],
  ["a\rb", "text path"],
  ["a\x1bb", "text path"],
  ["a\x7fb", "text path"],
  ["a\x85b", "text path"],
  ["a\0b", ""],
  ["a\ud800b", ""],
  ["a\u{1f600}b", "text path line directive name word wordOrNone"],
  // Several lines are directives only where none can be a command.
  ["#SBATCH -x\n#SBATCH -y", "text path directive"],
  ["\n  #SBATCH -x\n\n# mine\n", "text path directive"],
  ["#SBATCH -x\nrm -rf ~", "text path"],
  ["#SBATCH -x\n\trm", "text path"],
  ["ls\n#SBATCH -x", "text path"],
  ["#SBATCH -x\r\n#SBATCH -y", "text path"],
  ["x".repeat(4095), "text path line directive name word wordOrNone"],
  ["x".repeat(4096), "text line directive name word wordOrNone"],
];

for (const [given, takes] of cases) {
  Deno.test(`${JSON.stringify(given).slice(0, 40)} is: ${takes || "nothing"}`, () => {
    const taking = (Object.keys(kinds) as KindName[]).filter((kind) =>
      v.is(kinds[kind].schema, given)
    );
    strictEqual(taking.join(" "), takes);
  });
}

/** Fields whose text no header line, command word or path is made of. */
const FREE = [
  // Shell text, run in one piece.
  "command",
  "prepend_script",
  "append_script",
  "execute_command",
  // Secrets, asked for and handed to a library.
  "password",
  "passphrase",
  "totp_secret",
  "access_key",
  "app_key",
  // Parts of JSON.
  "email",
  "phone",
  "job_name",
  "machine_type",
  "image_address",
  "platform",
  // Accepted and not used.
  "batch_type",
];

Deno.test("only what is shell text, secret or JSON may be any text", () => {
  const free = allRows().filter(({ field: { kind } }) =>
    kind === text || kind === texts
  );
  deepStrictEqual(
    [...new Set(free.map(({ key }) => key))].sort(),
    [...FREE].sort(),
  );
  const jobName = free.filter(({ key }) => key === "job_name");
  ok(jobName.every(({ when }) => when === "OpenAPIContext"));
});
