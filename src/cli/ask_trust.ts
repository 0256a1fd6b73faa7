/** Whether a script is trusted, and what is asked before it is. */
import type { Config } from "../model/config.ts";
import type { Result } from "../text/result.ts";
import { sha256 } from "../text/hash.ts";
import { count } from "../text/grammar.ts";
import type { Need } from "../pipeline/validate/trust_needs.ts";
import type { Environment } from "../environment/environment.ts";
import type { Reach } from "./json_lines.ts";
import { oneLine, outsideAccessLines } from "./outside_access.ts";
import { shownFile } from "./progress/event_lines.ts";

/** What trust is given to. */
export interface TrustedThing {
  /** Absolute path of the script. */
  readonly script: string;
  /** The text of its block. */
  readonly metadata: string;
  readonly needs: readonly Need[];
}

/** Changes with whatever the script may read or run, also through the files that it names. */
function fingerprint(needs: readonly Need[]): string {
  const all = needs.map(({ field, does, digest }) => [field, does, digest]);
  return sha256(JSON.stringify(all.map((need) => need.join("\0")).toSorted()));
}

export function isTrusted(
  { script, metadata, needs }: TrustedThing,
  { trustStore: trustStore }: Pick<Environment, "trustStore">,
): boolean {
  return trustStore.recall(script, metadata) === fingerprint(needs);
}

export function keepTrust(
  { script, metadata, needs }: TrustedThing,
  { trustStore: trustStore }: Pick<Environment, "trustStore">,
): Result<void> {
  return trustStore.keep(script, metadata, fingerprint(needs));
}

/** What a script would do once it is trusted, and where what it reads may go. */
export function trustLines(
  needs: readonly Need[],
  config: Config,
  reach: Reach,
): readonly string[] {
  const script = shownFile(config.script.path);
  return [
    `${script} asks for your trust in ${count(needs.length, "thing")}:`,
    ...needs.map(({ location: { file, line }, field, does }) =>
      `  ${oneLine(`${file}:${line}  ${field} ${does}`)}`
    ),
    `What it reads may go to: ${oneLine(destinationOf(config))}`,
    ...outsideAccessLines(reach),
  ];
}

function destinationOf({ machine: { context, profile } }: Config): string {
  if (!("hostname" in profile)) {
    return context.endsWith("LocalContext")
      ? "this machine only"
      : `the service behind ${context}`;
  }
  const { hostname, username, port } = profile;
  const user = username === null ? "" : `${username}@`;
  return `${user}${hostname}${port === null ? "" : ` port ${port}`}`;
}

/** False where nobody sits at a terminal, too. */
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
