import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { acceptsNull, isRequired } from "../../src/schema/field.ts";
import { describeType } from "../../src/schema/value_types.ts";
import { allRows, type FieldRow } from "../../src/schema/all_fields.ts";

/** The documented arguments of the input: path; type; required or optional; default; alias. */
const documented = Deno.readTextFileSync(new URL("paths.txt", import.meta.url))
  .split("\n").filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("; "));

/** What ~/.ssh/config may say need not stand in the script. */
const FROM_SSH_CONFIG = ["username", "port"].map((key) =>
  `pep723/machine[SSHContext]/remote_profile/${key}`
);

for (const [path = "", type = "", need, value = "", alias = ""] of documented) {
  Deno.test(`${path} is a field with the documented type and default`, () => {
    const row = rowOf(path);
    ok(
      typesOf(type).includes(
        describeType(row.field.kind).split(/ of | from /)[0]!,
      ),
    );
    strictEqual(acceptsNull(row.field) || !type.includes("None"), true);
    const isWider = FROM_SSH_CONFIG.includes(path);
    strictEqual(isMandatory(row, path), need === "required" && !isWider);
    if (isWider) strictEqual(row.field.default, null);
    else if (value !== "") deepStrictEqual(row.field.default, valueOf(value));
    deepStrictEqual(row.field.aliases ?? [], alias === "" ? [] : [alias]);
  });
}

/** `pep723/machine[SSHContext]/remote_profile/port` → its row. */
function rowOf(path: string): FieldRow {
  const context = contextOf(path);
  const keys = path.replace(/\[\w+\]/, "").split("/").slice(1);
  const rows = allRows().filter((row) =>
    [...row.table, row.key].join("/") === keys.join("/") &&
    (row.when === null || row.when === context)
  );
  strictEqual(rows.length, 1);
  return rows[0]!;
}

function typesOf(type: string): readonly string[] {
  const types: Readonly<Record<string, readonly string[]>> = {
    str: ["a string", "one"],
    int: ["an integer"],
    float: ["a number"],
    bool: ["a boolean"],
    dict: ["a table"],
    list: ["an array"],
    "typing.List[str]": ["an array"],
  };
  return type.split(" | ").flatMap((part) => types[part] ?? []);
}

/** A profile is needed where one of its fields is. */
function isMandatory({ field }: FieldRow, path: string): boolean {
  if (field.kind.form === "variant" && field.kind.by === "context_type") {
    const profile = field.kind.tables[contextOf(path) ?? ""] ?? {};
    return Object.values(profile).some(isRequired);
  }
  return isRequired(field) || (field.needed?.startsWith("unless") ?? false);
}

function contextOf(path: string): string | null {
  return /\[(\w+)\]/.exec(path)?.[1] ?? null;
}

function valueOf(python: string): unknown {
  if (python === "(empty string)") return "";
  const json = python.replace("None", "null").replace("True", "true")
    .replace("False", "false");
  return /^(null|true|false|[\d.]+|\[\]|\{\})$/.test(json) && json !== "./"
    ? JSON.parse(json)
    : python;
}

Deno.test("no key or word is there twice in a table", () => {
  const seen = new Set<string>();
  for (const { table, when, key, field } of allRows()) {
    for (
      const name of [
        key,
        ...(field.aliases ?? []),
        ...field.configName === null ? [] : [`as ${field.configName}`],
      ]
    ) {
      const place = [...table, when, name].join("/");
      ok(!seen.has(place), place);
      seen.add(place);
    }
  }
});

Deno.test("every field that is not a table says what changing it means", () => {
  for (const { key, field } of allRows()) {
    const isTable = ["table", "rows", "variant"].includes(field.kind.form);
    strictEqual(field.whenChanged === undefined, isTable, key);
    ok(field.doc.endsWith("."), key);
  }
});
