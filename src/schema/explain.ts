/** `dpdisp explain NAME`: the meaning of a field, batch type or context. */
import { fail, ok, type Result } from "../text/result.ts";
import { closestMatch } from "../text/closest_match.ts";
import { joinWords } from "../text/grammar.ts";
import {
  changeMeaning,
  conditionOf,
  defaultOf,
  pathOf,
  typeOf,
} from "./describe_field.ts";
import { describeType, nameOf } from "./value_types.ts";
import { contextsOf } from "./backend_kinds.ts";
import { batchTypes, contexts, type Names, spellingsOf } from "./names.ts";
import { allRows, type FieldRow } from "./all_fields.ts";

/**
 * The text for every field whose path (`resources.group_size`) is or ends with the name, and for a batch type or
 * context. The error suggests the nearest name.
 */
export function explain(name: string): Result<string, string> {
  const wanted = name.replace(/^tool\.dpdispatcher\./, "");
  const found = allRows().filter((row) => namesOf(row).includes(wanted));
  const texts = [...found.map(explainRow), ...explainName(wanted)];
  if (texts.length > 0) return ok(`${texts.join("\n\n")}\n`);
  const meant =
    allRows().find(({ field }) => field.commonWords?.includes(wanted))?.key ??
      closestMatch(wanted, everyName());
  const hint = meant === null
    ? "; all fields are in docs/reference.md"
    : `; did you mean "${meant}"?`;
  return fail(`unknown field "${name}"${hint}`);
}

/** Every name that `explain` accepts, for completion. */
export function everyName(): readonly string[] {
  const names = [...Object.keys(batchTypes), ...Object.keys(contexts)];
  return [...new Set([...allRows().flatMap(namesOf), ...names])];
}

/** The path, every end of the path down to the key, and the same with aliases. */
function namesOf({ table, key, field }: FieldRow): readonly string[] {
  return [key, ...(field.aliases ?? [])].flatMap((name) => {
    const path = [...table, name];
    return path.map((_, from) => path.slice(from).join("."));
  });
}

function explainRow(row: FieldRow): string {
  const { field } = row;
  const facts = [
    [typeOf(field), defaultOf(field) && defaultText(row)],
    [field.aliases && `also written ${joinWords(field.aliases, "and")}`],
    [field.kind.form === "choice" && describeType(field.kind)],
    [
      field.secret &&
      "a secret: it may be ${env:NAME}, ${file:PATH} or ${cmd:COMMAND}",
    ],
    [field.whenChanged && `when changed: ${changeMeaning[field.whenChanged]}`],
  ].map((parts) => parts.filter(Boolean).join("; ")).filter((line) =>
    line !== ""
  );
  const condition = conditionOf(row);
  const title = condition === ""
    ? pathOf(row)
    : `${pathOf(row)}  (${condition})`;
  return [title, field.doc, ...facts].join("\n  ");
}

function defaultText({ field }: FieldRow): string {
  const text = defaultOf(field);
  return text.startsWith("required") ? text : `default ${text}`;
}

function explainName(name: string): readonly string[] {
  const batch = nameOf(batchTypes, name);
  const context = nameOf(contexts, name);
  return [
    ...(batch === null ? [] : [
      `${
        nameLine("batch type", batchTypes, batch)
      }\n  works with context_type ${joinWords(contextsOf(batch))}`,
    ]),
    ...(context === null ? [] : [nameLine("context", contexts, context)]),
  ];
}

function nameLine<N extends string>(
  what: string,
  names: Names<N>,
  name: N,
): string {
  const spellings = spellingsOf(names, name).filter((spelling) =>
    spelling !== name
  );
  return `${name}  (${what})\n  ${names[name].doc}\n  also written ${
    joinWords(spellings, "and")
  }`;
}
