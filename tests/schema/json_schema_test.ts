import { deepStrictEqual, ok } from "node:assert/strict";
import { Validator } from "@cfworker/json-schema";
import { scriptSchema } from "../../src/schema/json_schema.ts";
import { batchTypes, contexts, spellingsOf } from "../../src/schema/names.ts";
import { allRows } from "../../src/schema/all_fields.ts";

/** A JSON document as far as a test looks into it: every step gives another one. */
interface Json {
  readonly [key: string]: Json;
}

const whole = scriptSchema() as unknown as Json;
const ours = whole.properties!.tool!.properties!.dpdispatcher!;

Deno.test("every field and alias of every context and batch type is in the schema", () => {
  for (const { table, key, when, field } of allRows()) {
    for (const name of [key, ...(field.aliases ?? [])]) {
      const found = tableAt(table, when).properties?.[name];
      ok(found !== undefined, [...table, when, name].join("/"));
      deepStrictEqual(found.description, field.doc);
    }
  }
});

/** The schema of a table, through the condition on its context or batch type. */
function tableAt(path: readonly string[], when: string | null): Json {
  if (when === null) {
    return path.reduce((schema, key) => {
      const inner = schema.properties![key]!;
      return inner.items ?? inner;
    }, ours);
  }
  if (when in contexts) {
    const spellings = spellingsOf(contexts, when as keyof typeof contexts);
    const rules = ours.properties!.machine!.allOf!;
    const then = conclusion(rules, ["context_type"], spellings);
    return then.properties!.remote_profile!;
  }
  const spellings = spellingsOf(batchTypes, when as keyof typeof batchTypes);
  const then = conclusion(ours.allOf!, ["machine", "batch_type"], spellings);
  return then.properties!.resources!.properties!.kwargs!;
}

/** What holds for the values at a path that are these spellings. */
function conclusion(
  rules: Json,
  path: readonly string[],
  spellings: readonly string[],
): Json {
  const rule = listOf(rules).find((rule) => {
    const value = path.reduce(
      (schema, key) => schema.properties![key]!,
      rule.if!,
    );
    return String(value.enum) === String(spellings);
  });
  ok(rule, spellings.join());
  return rule.then!;
}

function listOf(json: Json): readonly Json[] {
  return json as unknown as readonly Json[];
}

Deno.test("required keys may come from a $ref or stand under an alias", () => {
  const profile = tableAt([], "BohriumContext");
  deepStrictEqual(profile.anyOf, [{ required: ["$ref"] }, {
    allOf: [
      { anyOf: [{ required: ["program_id"] }, { required: ["project_id"] }] },
      { required: ["input_data"] },
    ],
  }]);
});

Deno.test("limits of numbers and nulls are in the schema", () => {
  const resources = ours.properties!.resources!.properties!;
  deepStrictEqual(resources.number_node, {
    description: "How many nodes a job requests.",
    default: 1,
    type: "integer",
    minimum: 1,
  });
  const strategy = resources.strategy!.properties!;
  deepStrictEqual(strategy.ratio_unfinished!.exclusiveMaximum, 1);
  const { outlog } = ours.properties!.task_list!.items!.properties!;
  deepStrictEqual(outlog!.anyOf, [
    { type: "string", maxLength: 4095 },
    { type: "null" },
  ]);
});

Deno.test("the schema takes a plain input and refuses what a run would refuse", () => {
  const validator = new Validator(scriptSchema(), "2020-12");
  const input = {
    _note: 1,
    machine: {
      batch_type: "sge",
      context_type: "ssh",
      local_root: "./",
      remote_root: "/scratch",
      remote_profile: {
        hostname: "cluster",
        username: "ana",
        passphrase: null,
      },
    },
    resources: {
      group_size: 1,
      kwargs: { sge_pe_name: "smp" },
      envs: { A: ["x", 1] },
    },
    task_list: [{ task_work_path: "./", outlog: null }],
  };
  const takes = (changed: Readonly<Record<string, unknown>>) =>
    validator.validate({ tool: { dpdispatcher: { ...input, ...changed } } })
      .valid;
  ok(takes({}));
  ok(takes({ resources: { $ref: "site.yaml" } }));
  ok(!takes({ resources: {} }));
  ok(!takes({ resources: { group_size: 1, kwargs: { pe_name: 3 } } }));
  ok(!takes({ task_list: [] }));
  ok(!takes({ machine: { ...input.machine, remote_profile: {} } }));
  ok(!takes({ machine: { ...input.machine, context_type: "teleport" } }));
});
