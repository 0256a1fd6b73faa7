/** JSON Schema (draft 2020-12) of the script metadata, for editors. Only the generator loads this. */
import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import {
  type Field,
  type Fields,
  type FieldType,
  isRequired,
  type Variant,
} from "./field.ts";
import { batchTypes, contexts, type Names, spellingsOf } from "./names.ts";
import { submission } from "./submission.ts";

type Json = Readonly<Record<string, unknown>>;

/** Unknown keys are allowed, as in a run; keys that begin with `_` are comments. */
export function scriptSchema(): Json {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Script metadata for dpdisp",
    type: "object",
    properties: {
      tool: {
        type: "object",
        properties: {
          dpdispatcher: { ...tableSchema(submission), ...kwargsByBatchType() },
        },
        required: ["dpdispatcher"],
      },
    },
    required: ["tool"],
  };
}

function tableSchema(fields: Fields): Json {
  const properties = Object.entries(fields).flatMap(([key, field]) =>
    [key, ...(field.aliases ?? [])].map((name) =>
      [name, fieldSchema(field)] as const
    )
  );
  return {
    type: "object",
    properties: {
      ...Object.fromEntries(properties),
      $ref: { type: "string", description: REF },
    },
    ...requirements(fields),
  };
}

const REF =
  "A JSON or YAML file whose keys are added to this table; needs --allow-ref or dpdisp trust.";

/** A `$ref` may supply the required keys. */
function requirements(fields: Fields): Json {
  const required = Object.entries(fields).filter(([, field]) =>
    isRequired(field)
  );
  if (required.length === 0) return {};
  const all = required.map(([key, { aliases = [] }]) =>
    aliases.length === 0
      ? { required: [key] }
      : { anyOf: [key, ...aliases].map((name) => ({ required: [name] })) }
  );
  return { anyOf: [{ required: ["$ref"] }, { allOf: all }] };
}

function fieldSchema(field: Field): Json {
  const schema = kindSchema(field.kind);
  const shown = field.default === undefined || field.default === null
    ? {}
    : { default: field.default };
  const orNull = field.nullable || field.default === null
    ? { anyOf: [schema, { type: "null" }] }
    : schema;
  return { description: field.doc, ...shown, ...orNull };
}

function kindSchema(kind: FieldType): Json {
  switch (kind.form) {
    case "value":
      return leafSchema(kind.schema);
    case "choice":
      return { enum: everySpelling(kind.names) };
    case "table":
      return { ...tableSchema(kind.fields), ...byContext(kind.fields) };
    case "rows":
      return { type: "array", minItems: 1, items: tableSchema(kind.fields) };
    case "envs":
      return { type: "object", additionalProperties: ENV };
    default:
      return { type: "object" };
  }
}

const SINGLE = { type: ["string", "number", "boolean"] };
const ENV = { anyOf: [SINGLE, { type: "array", items: SINGLE }] };

function leafSchema(schema: Parameters<typeof toJsonSchema>[0]): Json {
  const { $schema: _, ...rest }: JsonSchema = toJsonSchema(schema, {
    typeMode: "input",
    ignoreActions: ["check", "finite", "safe_integer"],
  });
  return rest;
}

/** `remote_profile` depends on the context, and most contexts that have one require it. */
function byContext(fields: Fields): Json {
  const found = Object.entries(fields).find(([, { kind }]) =>
    kind.form === "variant" && kind.by === "context_type"
  );
  if (found === undefined) return {};
  const [key, { kind }] = found;
  return {
    allOf: conditions(contexts, kind as Variant, (spellings) => ({
      properties: { context_type: { enum: spellings } },
      required: ["context_type"],
    }), (table) => ({
      properties: { [key]: tableSchema(table) },
      ...(Object.values(table).some(isRequired)
        ? { anyOf: [{ required: ["$ref"] }, { required: [key] }] }
        : {}),
    })),
  };
}

/** The keys of `resources.kwargs` depend on `machine.batch_type`. */
function kwargsByBatchType(): Json {
  const kind = submission.resources.kind.fields.kwargs.kind;
  return {
    allOf: conditions(batchTypes, kind, (spellings) => ({
      properties: {
        machine: {
          properties: { batch_type: { enum: spellings } },
          required: ["batch_type"],
        },
      },
      required: ["machine"],
    }), (table) => ({
      properties: { resources: { properties: { kwargs: tableSchema(table) } } },
    })),
  };
}

function conditions<N extends string>(
  names: Names<N>,
  { tables }: Variant,
  whenOf: (spellings: readonly string[]) => Json,
  thenOf: (table: Fields) => Json,
): readonly Json[] {
  return (Object.keys(names) as N[])
    .filter((name) => Object.keys(tables[name] ?? {}).length > 0)
    .map((name) => ({
      if: whenOf(spellingsOf(names, name)),
      then: thenOf(tables[name]!),
    }));
}

function everySpelling(names: Names<string>): readonly string[] {
  return Object.keys(names).flatMap((name) => spellingsOf(names, name));
}
