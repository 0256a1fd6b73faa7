/** Stage 2: from script metadata to a Config, or to all errors in it. */
import type { Config } from "../../model/config.ts";
import {
  type Diagnostic,
  formatDiagnostic,
  type Locate,
  type Validated,
} from "../../model/diagnostic.ts";
import type { ScriptMetadata } from "../parse/mod.ts";
import { locationAt } from "../parse/node.ts";
import { fail, ok } from "../../text/result.ts";
import type { Values } from "../../schema/field.ts";
import { submission } from "../../schema/submission.ts";
import { resolve } from "../../text/path.ts";
import { chosenNames } from "./chosen_names.ts";
import { noFindings } from "./diagnostics.ts";
import { flagWarnings } from "./custom_flags.ts";
import { readHeader } from "./header_template.ts";
import type { Need } from "./trust_needs.ts";
import { readTable } from "./read_table.ts";
import type { ValidationContext } from "./context.ts";
import { hasTemplate } from "./template_fields.ts";
import { resolveRefs } from "./refs.ts";
import { checkRules, unsupportedFieldWarnings } from "./rules.ts";
import type { Files } from "../../environment/environment.ts";
import type { PartialConfig } from "./partial_config.ts";

export interface ValidateOptions {
  readonly files: Files;
  /** Whether the user trusts the script: `$ref`, references to secrets and private templates are followed. */
  readonly allowRef: boolean;
  /** The current directory, absolute. */
  readonly cwd: string;
  readonly home?: string | undefined;
  /** Whether the secrets are read and sent to the remote host. */
  readonly opens?: boolean;
}

/** A config and the locations of its values, with warnings and everything in the input that needs the trust of the user. */
export type ValidatedConfig =
  | Extract<Validated<Config>, { ok: false }>
  | {
    readonly ok: true;
    readonly value: {
      readonly config: Config;
      readonly locate: Locate;
      readonly warnings: readonly Diagnostic[];
      readonly needs: readonly Need[];
    };
  };

/** Checks every field and every rule; unknown keys and values without effect are warnings. */
export async function validate(
  metadata: ScriptMetadata,
  { files, allowRef, cwd, home, opens = false }: ValidateOptions,
): Promise<ValidatedConfig> {
  const findings = noFindings();
  const trust = {
    ...{ findings, needs: [], script: metadata.path },
    isTrusted: allowRef,
  };
  const table = await resolveRefs(metadata.table, { files, trust, cwd });
  const context: ValidationContext = {
    findings,
    chosen: chosenNames(table),
    warnedKeys: new Set(),
    secrets: { trust, isRead: opens, cwd, home },
    hasTemplate: hasTemplate(table),
  };
  const draft = readTable(submission, table, [], context) as PartialConfig;
  findings.errors.push(...checkRules(draft, table));
  findings.warnings.push(...unsupportedFieldWarnings(draft, table));
  const header = readHeader(draft, table, {
    ...{ files, cwd, trust, home },
  });
  if (findings.errors.length > 0) {
    return fail({ ...findings, errors: withoutDuplicates(findings.errors) });
  }
  const { path, copy: text, code } = metadata;
  const script = { path: resolve(cwd, path), text, code };
  const config = configOf(script, header, draft);
  const locate: Locate = (...path) => locationAt(table, path);
  return ok({
    config,
    locate,
    warnings: [...findings.warnings, ...flagWarnings(config, locate)],
    needs: trust.needs,
  });
}

/** A draft without errors has all values. */
function configOf(
  script: Config["script"],
  header: string | null,
  draft: PartialConfig,
): Config {
  return {
    ...draft as Values<typeof submission>,
    script,
    header,
  };
}

/** A file that several `$ref` name gives the same errors several times. */
function withoutDuplicates(
  errors: readonly Diagnostic[],
): readonly Diagnostic[] {
  return [
    ...new Map(errors.map((each) => [formatDiagnostic(each), each])).values(),
  ];
}
