/** dpdisp as a process, for what only a process can show. */

import { PERMISSIONS } from "../../scripts/permissions.ts";

const root = `${import.meta.dirname}/../../`;

/** The words that start it, whatever the current directory is. */
export const DPDISP = [
  Deno.execPath(),
  "run",
  "--quiet",
  "--no-check",
  ...PERMISSIONS,
  `${root}main.ts`,
];

/** A directory with a `dpdisp` to put on PATH, and a directory for journals; removed afterwards. */
export async function withDirectory(
  use: (directory: string, env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "dpdisp-process-" });
  const bin = `${directory}/bin`;
  await Deno.mkdir(bin);
  const words = DPDISP.map((word) => `'${word}'`).join(" ");
  await Deno.writeTextFile(`${bin}/dpdisp`, `#!/bin/sh\nexec ${words} "$@"\n`, {
    mode: 0o755,
  });
  const env = {
    XDG_STATE_HOME: `${directory}/state`,
    PATH: `${bin}:${Deno.env.get("PATH")}`,
  };
  try {
    await use(directory, env);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A script with one task per directory pattern, run by python3 in place. */
export function scriptText(
  body: string,
  directories = "./",
  first = "",
): string {
  return `${first}# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "LazyLocalContext"
# local_root = "./"
# retry_count = 0
# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# command = "python3"
# task_work_path = "${directories}"
# ///
${body}
`;
}
