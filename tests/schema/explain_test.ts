import { match, ok, strictEqual } from "node:assert/strict";
import { everyName, explain } from "../../src/schema/explain.ts";

function explained(name: string): string {
  const result = explain(name);
  ok(result.ok, name);
  return result.value;
}

Deno.test("a field is explained by its path with all its facts", () => {
  strictEqual(
    explained("resources.group_size"),
    `resources.group_size
  How many tasks go into one job: 20 tasks with a group_size of 5 make 4 jobs.
  an integer of at least 0 (tasks per job; 0 = all in one job); required
  when changed: the run continues with the new value
`,
  );
});

Deno.test("a bare key shows every field of that name", () => {
  const text = explained("retry_count");
  match(text, /^machine\.retry_count$/m);
  match(
    text,
    /^machine\.remote_profile\.retry_count {2}\(with context_type "BohriumContext"\)$/m,
  );
});

Deno.test("the end of a path is enough", () => {
  match(
    explained("remote_profile.hostname"),
    /\(with context_type "SSHContext"\)/,
  );
});

Deno.test("an alias, a full path, a batch type and a context are known", () => {
  match(explained("project_id"), /also written project_id/);
  strictEqual(
    explained("tool.dpdispatcher.work_base"),
    explained("work_base"),
  );
  match(explained("lebesgue"), /^Bohrium {2}\(batch type\)/);
  match(explained("ssh"), /^SSHContext {2}\(context\)/);
});

Deno.test("an unknown name leads to the nearest one", () => {
  const result = explain("resources.groupsize");
  ok(!result.ok);
  match(result.error, /did you mean "resources\.group_size"\?$/);
  ok(!explain("zzzzzzzzzzz").ok);
});

Deno.test("every name that is offered is explained", () => {
  for (const name of everyName()) explained(name);
});
