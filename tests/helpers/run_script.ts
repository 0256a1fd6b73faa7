/** A script on an opened shell, to its end. */
import type { Shell } from "../../src/contexts/shell.ts";
import { type Bytes, bytesOf, streamOf } from "./remote_dir.ts";

const START_LINE = "-- here begins the script --\n";
const PRINT_START_LINE = "echo '-- here begins the script --'";

export interface ByteOutput {
  readonly code: number;
  readonly stdout: Bytes;
  readonly stderr: Bytes;
}

/** What the script says itself, without what the login said before it. Throws where it could not be run. */
export async function runScript(
  shell: Shell,
  script: string,
  data?: Bytes,
): Promise<ByteOutput> {
  const opened = await shell.open(
    `${PRINT_START_LINE}; ${PRINT_START_LINE} >&2\n${script}`,
    data ? { stdin: streamOf(data) } : {},
  );
  if (!opened.ok) throw new Error(opened.error.detail);
  const { exit, ...streams } = opened.value;
  const [stdout, stderr, code] = await Promise.all([
    bytesOf(streams.stdout),
    bytesOf(streams.stderr),
    exit,
  ]);
  if (!code.ok) throw new Error(code.error.failure.detail);
  return {
    code: code.value,
    stdout: afterStartLine(stdout),
    stderr: afterStartLine(stderr),
  };
}

export function textOf(bytes: Bytes): string {
  return new TextDecoder().decode(bytes);
}

function afterStartLine(bytes: Bytes): Bytes {
  const startLine = new TextEncoder().encode(START_LINE);
  const at = bytes.findIndex((_, i) =>
    startLine.every((byte, k) => bytes[i + k] === byte)
  );
  if (at < 0) throw new Error(`no script began: ${textOf(bytes)}`);
  return bytes.slice(at + startLine.length);
}
