/** Runs a shell script on this computer and returns its output. */
import { spawnScript } from "../../contexts/child_process.ts";
import { LOADER } from "../../contexts/shell.ts";
import { decodeName } from "../../text/bytes_name.ts";

/** Empty where there is no shell. */
export async function localScript(script: string): Promise<string> {
  const child = spawnScript("sh", ["-c", LOADER], script);
  if (!child.ok) return "";
  const { stdout, stderr, exit } = child.value;
  const [bytes] = await Promise.all([
    new Response(stdout).bytes(),
    new Response(stderr).bytes(),
    exit,
  ]);
  return decodeName(bytes);
}
