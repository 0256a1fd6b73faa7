/** docs/reference.md: every field, from the tables. */
import { joinWords } from "../text/grammar.ts";
import { changeMeaning, defaultOf, typeOf } from "./describe_field.ts";
import type { Field, Fields, Variant } from "./field.ts";
import { batchTypes, contexts, type Names, spellingsOf } from "./names.ts";
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
    names("Batch types: `batch_type`", batchTypes),
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

The keys of the \`[tool.dpdispatcher]\` table in a script's \`# /// script\` block. \`dpdisp explain KEY\` shows the same for one key.

- A key that begins with \`_\` is a comment, at every level but inside \`envs\` and \`input_data\`.
- An unknown key is a warning, never a error.
- \`$ref = "file.yaml"\` in a table takes the keys of a JSON or YAML file; keys written beside it win, whole. The file is looked for in the folder of the file that names it, then in the current folder. It needs trust: \`--allow-ref\`, or \`dpdisp trust script.py\`.
- A secret may be written as \`\${env:NAME}\`, \`\${file:PATH}\` or \`\${cmd:COMMAND}\`: it is read when the machine is reached, if the script is trusted, and never saved. Nowhere else is such a reference allowed.
- The last column tells what a changed value means for a run that is continued:
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
  return table(["key", "value", "default", "meaning", "change"], rows);
}

function cells(key: string, field: Field): readonly string[] {
  const also = (field.aliases ?? []).map((alias) => `, also \`${alias}\``).join(
    "",
  );
  const secret = field.secret ? ", a secret" : "";
  const value = defaultOf(field);
  const isWord = value === "" || value.startsWith("required");
  return [
    `\`${key}\`${also}`,
    `${typeOf(field)}${secret}`,
    isWord ? value : `\`${value}\``,
    field.doc,
    field.whenChanged ?? "",
  ];
}

function names(
  title: string,
  all:
    & Names<string>
    & Readonly<Record<string, { readonly contexts?: readonly string[] }>>,
) {
  const rows = Object.entries(all).map(([name, { doc, contexts = [] }]) => [
    `\`${name}\``,
    spellingsOf(all, name).filter((spelling) => spelling !== name).map((
      spelling,
    ) => `\`${spelling}\``).join(", "),
    contexts.length === 0 ? doc : `${doc} Through ${joinWords(contexts)}.`,
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
    } no fields here.`,
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
