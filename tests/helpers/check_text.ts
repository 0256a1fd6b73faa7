import { formatDiagnostics } from "../../src/model/diagnostic.ts";
import { parse } from "../../src/pipeline/parse/mod.ts";
import { validate } from "../../src/pipeline/validate/mod.ts";
import { localFiles } from "../../src/environment/local_files.ts";

/** What `check` says to a script of a directory, with that directory as the current one; "" where nothing is wrong or odd. */
export async function checkText(
  script: string,
  cwd: string,
  allowRef: boolean,
): Promise<string> {
  const document = parse(script, await Deno.readFile(`${cwd}${script}`));
  if (!document.ok) {
    return formatDiagnostics(document.error.errors, document.error.warnings);
  }
  const config = await validate(document.value.value, {
    files: localFiles,
    allowRef,
    cwd: cwd.replace(/\/$/, ""),
  });
  return config.ok
    ? formatDiagnostics([], config.value.warnings)
    : formatDiagnostics(config.error.errors, config.error.warnings);
}
