/** The JSON Schema of what `--json` writes, from the types that the program is checked against. */
import { createGenerator } from "ts-json-schema-generator";

const source = `${import.meta.dirname}/../src/cli/json_lines.ts`;
const events = new URL("../src/model/event.ts", import.meta.url);

interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly anyOf?: readonly Schema[];
  readonly properties?: { readonly type: { readonly const: string } };
}

/** The text of `schemas/event.json`, before formatting. */
export function eventSchema(): string {
  const { description, definitions } = generated();
  const { Event, Notice, ...parts } = definitions;
  const documented = docsByType();
  const lines = [...Event!.anyOf!, ...Notice!.anyOf!];
  return JSON.stringify({
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A line of dpdisp --json",
    description,
    anyOf: lines.map((line) => described(line, documented)),
    definitions: parts,
  });
}

function generated(): Schema & {
  readonly definitions: Readonly<Record<string, Schema>>;
} {
  const type = "JsonLine";
  const generator = createGenerator({
    path: source,
    type,
    topRef: false,
    skipTypeCheck: true,
    additionalProperties: false,
  });
  return generator.createSchema(type) as unknown as ReturnType<
    typeof generated
  >;
}

/** The generator reads comments of types and fields; those of a union's members are put in here. */
function described(
  line: Schema,
  documented: ReadonlyMap<string, string>,
): Schema {
  const name = line.properties!.type.const;
  const description = documented.get(name);
  return { title: name, ...(description && { description }), ...line };
}

/** Comments of union members: `/** … *\/ | { readonly type: "runStarted"`. */
function docsByType(): ReadonlyMap<string, string> {
  const member =
    /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*\| \(?\{\s*readonly type: "(\w+)"/g;
  const text = [source, events].map((url) => Deno.readTextFileSync(url)).join(
    "\n",
  );
  return new Map(
    [...text.matchAll(member)].map((
      [, doc, type],
    ) => [type!, doc!.replace(/\s*\n\s*\* ?/g, " ").trim()]),
  );
}
