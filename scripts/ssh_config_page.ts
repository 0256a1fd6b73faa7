/** docs/ssh_config.md: the effect of each keyword of ssh_config(5) on a login, from the table of the ssh2 transport. */
import {
  type Handling,
  OPTIONS,
} from "../src/contexts/ssh/config/option_table.ts";

export function sshConfigPage(): string {
  const rows = Object.entries(OPTIONS);
  const honoured = rows.flatMap(([key, handling]) =>
    "honoured" in handling ? [`| \`${key}\` | ${handling.honoured} |`] : []
  );
  const refused = rows.filter(([, handling]) => "refused" in handling)
    .map(([key]) => `\`${key}\``);
  return `<!-- Written by scripts/gen.ts from src/contexts/ssh/config/option_table.ts; do not edit. -->

# ~/.ssh/config

With \`transport = "ssh2"\`, the default, dpdisp reads the SSH configuration with \`ssh -G\`. A script cannot allow what the configuration forbids in a login. Each
keyword that can restrict a login is honoured, or the login is refused before a connection is made, with the hint to set \`transport = "openssh"\`; an ignored keyword cannot allow a login.
With \`transport = "openssh"\` the system's \`ssh\` logs in, and the whole configuration applies.

## Honoured

| keyword | how |
| --- | --- |
${honoured.join("\n")}

## Refused where they are set

${
    refused.join(", ")
  }; and lists of algorithms of which the transport supports none.

## Ignored

| keywords | why |
| --- | --- |
${ignored(rows).join("\n")}
`;
}

/** One row for each reason. */
function ignored(rows: readonly (readonly [string, Handling])[]) {
  const reasons = new Map<string, string[]>();
  for (const [key, handling] of rows) {
    if (!("ignored" in handling)) continue;
    const keys = reasons.get(handling.ignored) ?? [];
    reasons.set(handling.ignored, [...keys, `\`${key}\``]);
  }
  return [...reasons].map(([why, keys]) => `| ${keys.join(", ")} | ${why} |`);
}
