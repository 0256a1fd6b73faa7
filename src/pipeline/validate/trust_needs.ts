/** What a script may do only once it is trusted: read or run what is the user's own, and send it to its host. */
import type { SourceLocation } from "../../model/diagnostic.ts";
import { quote } from "../../script/quote.ts";
import { addError, type Findings } from "./diagnostics.ts";

export interface Need {
  readonly location: SourceLocation;
  /** The key that asks for it. */
  readonly field: string;
  /** `reads the file /home/jo/machine.json`. */
  readonly does: string;
  /** Of the content of a `$ref` file, which says as much as the script does; null: the content does not matter. */
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

/** True: it may be done. An error at its place where the script is not trusted. */
export function mayDo(
  { needs, isTrusted, script, findings }: Trust,
  need: Need,
): boolean {
  needs.push(need);
  if (!isTrusted) addError(findings, need.location, refusal(need, script));
  return isTrusted;
}

function refusal({ field, does }: Need, script: string): string {
  return `${field} ${does}, which is off by default; allow it with --allow-ref, or until the script's metadata changes with: dpdisp trust ${
    quote(script)
  }`;
}
