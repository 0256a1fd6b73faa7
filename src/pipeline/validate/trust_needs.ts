/** What needs the trust of the user: reading local files and variables or running local commands for a script that sends the result to its host. */
import type { SourceLocation } from "../../model/diagnostic.ts";
import { quote } from "../../script/quote.ts";
import { addError, type Findings } from "./diagnostics.ts";

export interface Need {
  readonly location: SourceLocation;
  /** The key that needs it. */
  readonly field: string;
  /** `reads the file /home/jo/machine.json`. */
  readonly does: string;
  /** Of the content of a `$ref` file, which is trusted together with the script; null: the content does not matter. */
  readonly digest: string | null;
}

export interface Trust {
  readonly needs: Need[];
  /** Whether the user trusts the script. */
  readonly isTrusted: boolean;
  /** The script as the user named it. */
  readonly script: string;
  readonly findings: Findings;
}

/** Whether it may be done. Adds an error if the script is not trusted. */
export function mayDo(
  { needs, isTrusted, script, findings }: Trust,
  need: Need,
): boolean {
  needs.push(need);
  if (!isTrusted) addError(findings, need.location, refusal(need, script));
  return isTrusted;
}

function refusal({ field, does }: Need, script: string): string {
  return `${field} ${does}, which needs your trust; allow it once with --allow-ref, or until the script metadata changes with: dpdisp trust ${
    quote(script)
  }`;
}
