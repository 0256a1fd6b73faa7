import { deepStrictEqual } from "node:assert/strict";
import { schedulers } from "../../../src/schedulers/mod.ts";

/** What a submit command prints for the job with this id. */
const ACCEPTED: Readonly<Record<string, (id: string) => string>> = {
  Slurm: (id) => `${id}\n`,
  SlurmJobArray: (id) => `Submitted batch job ${id}\n`,
  SGE: (id) => `${id}\n`,
  PBS: (id) => `${id}\n`,
  Torque: (id) => `${id}\n`,
  LSF: (id) => `Job <${id}> is submitted to queue <short>.\n`,
  JH_UniScheduler: (id) => `Job <${id}> is submitted to queue <short>.\n`,
  Fugaku: (id) => `[INFO] PJM 0000 pjsub Job ${id} submitted.\n`,
};

Deno.test("The reply of every batch system that lists jobs by name is tested here", () => {
  const names = schedulers.filter(({ findCommand }) => findCommand !== null)
    .map(({ name }) => name);
  deepStrictEqual(names.toSorted(), Object.keys(ACCEPTED).toSorted());
});

for (const { name, parseSubmit } of schedulers) {
  const line = ACCEPTED[name];
  if (line === undefined) continue;
  const submit = (stdout: string, code = 0, stderr = "") =>
    parseSubmit({ code, stdout, stderr });
  const accepted = { outcome: "accepted", id: "123" };
  const unconfirmed = { outcome: "unconfirmed" };

  Deno.test(`${name}: of several candidates none is the id, in any order`, () => {
    for (const ids of [["123", "42"], ["42", "123"], ["1", "2", "3"]]) {
      const reply = ids.map(line).join("Have a nice day\n");
      deepStrictEqual(submit(reply), unconfirmed, reply);
    }
  });

  Deno.test(`${name}: an id that is printed twice is the id`, () => {
    deepStrictEqual(submit(line("123") + line("123")), accepted);
  });

  Deno.test(`${name}: an id is the id whatever the exit code, where nothing else was printed`, () => {
    for (const code of [1, 3]) {
      deepStrictEqual(submit(`\n${line("123")}`, code), accepted);
    }
    deepStrictEqual(submit(line("123"), 1, "Something new\n"), unconfirmed);
  });
}
