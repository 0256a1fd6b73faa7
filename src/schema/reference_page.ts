/** docs/reference.md: every field, from the tables. */
import { joinWords } from "../text/grammar.ts";
import { changeMeaning, defaultOf, typeOf } from "./describe_field.ts";
import type { Field, Fields, Variant } from "./field.ts";
import { contextsOf } from "./backend_kinds.ts";
import {
  batchTypes,
  type ContextName,
  contexts,
  type Names,
  spellingsOf,
} from "./names.ts";
import { submission } from "./submission.ts";

export function referencePage(): string {
  const { machine, resources, task_list } = submission;
  const { remote_profile, commands } = machine.kind.fields;
  const { strategy, kwargs } = resources.kind.fields;
  return [
    INTRODUCTION,
    section("##", "`[tool.dpdispatcher]`", submission),
    section("##", "`[tool.dpdispatcher.machine]`", machine.kind.fields),
    section(
      "###",
      "`[tool.dpdispatcher.machine.commands]`",
      commands.kind.fields,
    ),
    names("Batch types: `batch_type`", batchTypes, contextsOf),
    names("Contexts: `context_type`", contexts),
    ...variants(
      "`[tool.dpdispatcher.machine.remote_profile]`",
      remote_profile.kind,
    ),
    section("##", "`[tool.dpdispatcher.resources]`", resources.kind.fields),
    section(
      "###",
      "`[tool.dpdispatcher.resources.strategy]`",
      strategy.kind.fields,
    ),
    ...variants("`[tool.dpdispatcher.resources.kwargs]`", kwargs.kind),
    section("##", "`[[tool.dpdispatcher.task_list]]`", task_list.kind.fields),
  ].join("\n\n") + "\n";
}

const INTRODUCTION =
  `<!-- Written by scripts/gen.ts from the tables in src/schema; do not edit. -->

# Reference

The keys of the \`[tool.dpdispatcher]\` table in the script metadata, the text between \`# /// script\` and \`# ///\`. \`dpdisp explain KEY\` shows the same for one key.

- A key that begins with \`_\` is a comment, at every level except inside \`envs\` and \`input_data\`.
- An unknown key is a warning, never an error.
- \`$ref = "file.yaml"\` in a table takes the keys of a JSON or YAML file; a key of the table itself replaces the key of the file with its whole value. The path of the file is relative to the directory of the file that names it, or else to the current directory. It needs trust: \`--allow-ref\`, or \`dpdisp trust script.py\`.
- A secret may be written as \`\${env:NAME}\`, \`\${file:PATH}\` or \`\${cmd:COMMAND}\`. It is read when dpdisp connects, if the script is trusted, and never saved. Such a reference is an error in any other field.
- "Remote host" and "remote directory" mean where the jobs run, also if that is the local computer.
- The last column says what happens to a run that is resumed after the value was changed:
${
    Object.entries(changeMeaning).map(([role, meaning]) =>
      `  - **${role}**: ${meaning}`
    ).join("\n")
  }`;

function section(level: string, title: string, fields: Fields): string {
  return `${level} ${title}\n\n${fieldTable(fields)}`;
}

function fieldTable(fields: Fields): string {
  const rows = Object.entries(fields).map(([key, field]) => cells(key, field));
  return table(["key", "value", "default", "meaning", "when changed"], rows);
}

function cells(key: string, field: Field): readonly string[] {
  const also = (field.aliases ?? []).map((alias) => `, also \`${alias}\``).join(
    "",
  );
  const secret = field.secret ? ", a secret" : "";
  const value = defaultOf(field);
  const isPlain = value === "" || value.startsWith("required");
  return [
    `\`${key}\`${also}`,
    `${typeOf(field)}${secret}`,
    isPlain ? value : `\`${value}\``,
    field.doc,
    field.whenChanged ?? "",
  ];
}

function names<N extends string>(
  title: string,
  all: Names<N>,
  contextsOf?: (name: N) => readonly ContextName[],
) {
  const rows = (Object.keys(all) as N[]).map((name) => [
    `\`${name}\``,
    spellingsOf(all, name).filter((spelling) => spelling !== name).map((
      spelling,
    ) => `\`${spelling}\``).join(", "),
    contextsOf
      ? `${all[name].doc} With ${joinWords(contextsOf(name))}.`
      : all[name].doc,
  ]);
  return `### ${title}\n\n${table(["name", "also written", "meaning"], rows)}`;
}

function variants(title: string, { tables }: Variant): readonly string[] {
  const empty = Object.keys(tables).filter((name) =>
    Object.keys(tables[name]!).length === 0
  );
  const full = Object.entries(tables).filter(([name]) => !empty.includes(name));
  return [
    ...full.map(([name, fields]) =>
      section("###", `${title} with ${name}`, fields)
    ),
    `${joinWords(empty, "and")} ${
      empty.length === 1 ? "has" : "have"
    } no fields in this table.`,
  ];
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (row: readonly string[]) =>
    `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join(
    "\n",
  );
}
