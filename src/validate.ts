/** Stage 2: a document → the Config it stands for, or every mistake in it at once. */
import type { Config } from "./config.ts";
import { type Checked, formatMistake, type Mistake } from "./mistake.ts";
import type { Document } from "./parse.ts";
import { placeAt, type TableNode } from "./parse/node.ts";
import { fail, ok } from "./result.ts";
import type { Values } from "./schema/field.ts";
import { submission } from "./schema/submission.ts";
import { resolve } from "./text/path.ts";
import { blankSpans } from "./validate/blank.ts";
import { chosenNames } from "./validate/chosen.ts";
import { noFindings } from "./validate/findings.ts";
import { flagWarnings } from "./validate/flags.ts";
import { readHeader } from "./validate/header.ts";
import { readTable } from "./validate/read_table.ts";
import type { Reading } from "./validate/reading.ts";
import { resolveRefs } from "./validate/ref.ts";
import { brokenRules, type Draft } from "./validate/rules.ts";
import type { Files } from "./world.ts";

export interface Given {
  readonly files: Files;
  /** Whether `$ref` and `${cmd:…}` are followed. */
  readonly allowRef: boolean;
  /** The current folder, absolute. */
  readonly cwd: string;
}

/** Checks every field and every rule; unknown keys and likely slips are warnings. */
export async function validate(
  document: Document,
  { files, allowRef, cwd }: Given,
): Promise<Checked<Config>> {
  const findings = noFindings();
  const table = await resolveRefs(document.table, {
    files,
    allowRef,
    cwd,
    findings,
  });
  const reading: Reading = {
    findings,
    allowRef,
    chosen: chosenNames(table),
    warned: new Set(),
    secretSpans: [],
  };
  const draft = readTable(submission, table, [], reading) as Draft;
  findings.mistakes.push(...brokenRules(draft, table));
  const header = readHeader(draft.resources, table, files, cwd, findings);
  if (findings.mistakes.length > 0) {
    return fail({ ...findings, mistakes: toldOnce(findings.mistakes) });
  }
  const script = scriptOf(document, cwd, reading);
  const config = configOf(script, header, draft, table);
  return ok({
    value: config,
    warnings: [...findings.warnings, ...flagWarnings(config)],
  });
}

function scriptOf(
  { path, text, code }: Document,
  cwd: string,
  { secretSpans }: Reading,
): Config["script"] {
  const spans = secretSpans.filter(({ file }) => file === path).map((
    { span },
  ) => span);
  return { path: resolve(cwd, path), text: blankSpans(text, spans), code };
}

/** Without mistakes a draft has all its values. */
function configOf(
  script: Config["script"],
  header: string | null,
  draft: Draft,
  table: TableNode,
): Config {
  return {
    ...draft as Values<typeof submission>,
    script,
    header,
    placeOf: (...path) => placeAt(table, path),
  };
}

/** Tables that one file gives to several places have the same mistakes. */
function toldOnce(mistakes: readonly Mistake[]): readonly Mistake[] {
  return [
    ...new Map(mistakes.map((each) => [formatMistake(each), each])).values(),
  ];
}
