/** Whether a script is trusted, and the question that is asked before. */
import type { Config } from "../model/config.ts";
import type { Result } from "../text/result.ts";
import { sha256 } from "../text/hash.ts";
import type { Need } from "../pipeline/validate/trust_needs.ts";
import type { Environment } from "../environment/environment.ts";
import type { OutsideAccess } from "./json_lines.ts";
import { oneLine, outsideAccessLines } from "./outside_access.ts";
import { shownFile } from "./wording/names.ts";
import { filesAt } from "../schema/backend_kinds.ts";

/** A script as it is trusted: other metadata or other needs are not. */
export interface TrustedScript {
  /** Absolute path of the script. */
  readonly script: string;
  /** The text of its script metadata. */
  readonly metadata: string;
  readonly needs: readonly Need[];
}

/** The name of a script's path, or of its metadata, in the trust store. */
export function trustName(text: string): string {
  return sha256(text).slice(0, 32);
}

/** Changes with everything that the script may read or run, also through the files that it names. */
function fingerprint(needs: readonly Need[]): string {
  const all = needs.map(({ field, does, digest }) => [field, does, digest]);
  return sha256(JSON.stringify(all.map((need) => need.join("\0")).toSorted()));
}

export function isTrusted(
  { script, metadata, needs }: TrustedScript,
  { trustStore }: Pick<Environment, "trustStore">,
): boolean {
  return trustStore.recall(trustName(script), trustName(metadata)) ===
    fingerprint(needs);
}

export function keepTrust(
  { script, metadata, needs }: TrustedScript,
  { trustStore }: Pick<Environment, "trustStore">,
): Result<void> {
  return trustStore.keep(
    trustName(script),
    trustName(metadata),
    fingerprint(needs),
  );
}

/** What a script would read and run once it is trusted, and where that may be sent. */
export function trustLines(
  needs: readonly Need[],
  config: Config,
  access: OutsideAccess,
): readonly string[] {
  const script = shownFile(config.script.path);
  return [
    `${script} needs to be trusted before it may do the following:`,
    ...needs.map(({ location: { file, line }, field, does }) =>
      `  ${oneLine(`${file}:${line}  ${field} ${does}`)}`
    ),
    `What it reads may be sent to: ${oneLine(destinationOf(config))}`,
    ...outsideAccessLines(access),
  ];
}

function destinationOf({ machine: { context, profile } }: Config): string {
  if (!("hostname" in profile)) {
    return filesAt(context) === "elsewhere"
      ? `the service behind ${context}`
      : "this computer only";
  }
  const { hostname, username, port } = profile;
  const user = username === null ? "" : `${username}@`;
  return `${user}${hostname}${port === null ? "" : ` port ${port}`}`;
}

/** False also where there is no terminal. */
export async function askTrust(
  lines: readonly string[],
  { terminal }: Pick<Environment, "terminal">,
): Promise<boolean> {
  terminal.err(`${lines.join("\n")}\n`);
  const answer = await terminal.ask(
    "Trust this script until its metadata changes? (yes/no) ",
    { hidden: false },
  );
  return /^(y|yes)$/i.test(answer?.trim() ?? "");
}
