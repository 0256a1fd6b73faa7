/** A script on an opened shell, to its end. */
import type { Shell } from "../../src/contexts/shell.ts";
import { type Bytes, bytesOf, streamOf } from "./remote_dir.ts";

const MARK = "-- here begins the script --\n";
const SAY_MARK = "echo '-- here begins the script --'";

export interface Said {
  readonly code: number;
  readonly stdout: Bytes;
  readonly stderr: Bytes;
}

/** What the script says itself, without what the login said before it. Throws where it could not be run. */
export async function runScript(
  shell: Shell,
  script: string,
  data?: Bytes,
): Promise<Said> {
  const opened = await shell.open(
    `${SAY_MARK}; ${SAY_MARK} >&2\n${script}`,
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
    stdout: behindMark(stdout),
    stderr: behindMark(stderr),
  };
}

export function textOf(bytes: Bytes): string {
  return new TextDecoder().decode(bytes);
}

function behindMark(bytes: Bytes): Bytes {
  const mark = new TextEncoder().encode(MARK);
  const at = bytes.findIndex((_, i) =>
    mark.every((byte, k) => bytes[i + k] === byte)
  );
  if (at < 0) throw new Error(`no script began: ${textOf(bytes)}`);
  return bytes.slice(at + mark.length);
}
