/** The one `script` block of a file, or what keeps it from being one. */
import type { Diagnostic, SourceLocation } from "../../model/diagnostic.ts";
import { fail, ok, type Result } from "../../text/result.ts";
import {
  type Block,
  findBlocks,
  isClose,
  nearHead,
  type OpenBlock,
} from "./comment_blocks.ts";
import { withoutValue } from "./showable.ts";

export function scriptBlock(
  path: string,
  lines: readonly string[],
): Result<Block, Diagnostic> {
  const { closed, open } = findBlocks(lines);
  const [block, second] = closed.filter(({ type }) => type === "script");
  const at = (line: number, message: string) =>
    fail({ location: locationOfLine(path, line), message });
  if (block !== undefined && second !== undefined) {
    const message =
      `a second \`# /// script\` block; the first begins in line ${
        block.first + 1
      } and a file may have one`;
    return at(second.first, message);
  }
  if (block !== undefined) return ok(block);
  const begun = open.find(({ type }) => type === "script");
  if (begun !== undefined) {
    const { line, message } = whyOpen(lines, begun);
    return at(line, message);
  }
  const near = nearHead(lines);
  if (near >= 0) return at(near, MALFORMED_HEAD);
  const [other] = closed;
  return other === undefined
    ? at(0, NO_METADATA)
    : at(other.first, otherTypeMessage(other));
}

/** Lines count from 0 here. */
export function locationOfLine(file: string, line: number): SourceLocation {
  return { file, line: line + 1, column: 1 };
}

/** Why a block that begins does not end. */
function whyOpen(
  lines: readonly string[],
  { first, broken }: OpenBlock,
): { readonly line: number; readonly message: string } {
  const source = lines[broken];
  const breaksOff = `the block that begins in line ${
    first + 1
  } breaks off here`;
  if (isClose(lines[first + 1])) {
    const message =
      "the block is empty; [tool.dpdispatcher] goes between its two lines";
    return { line: first, message };
  }
  if (source?.trim() === "" && closesLater(lines, broken)) {
    const message = `${breaksOff}: write "#" for an empty line of the block`;
    return { line: broken, message };
  }
  if (source !== undefined && /^\s*#/.test(source)) {
    const why = /^\s/.test(source)
      ? "begins with a space"
      : "lacks a space after #";
    const meant = withoutValue(source.trim().slice(1).trim());
    const message = `${breaksOff}: this line ${why}; ${
      meant === null ? 'it must begin with "# "' : `write "# ${meant}"`
    }`;
    return { line: broken, message };
  }
  const message = `the block is never closed; write "# ///" above line ${
    broken + 1
  }`;
  return { line: first, message };
}

/** Whether comment lines go on after the empty ones and end as a block does. */
function closesLater(lines: readonly string[], from: number): boolean {
  const code = lines.findIndex((line, index) =>
    index >= from && line.trim() !== "" && !line.startsWith("#")
  );
  return lines.slice(from, code === -1 ? undefined : code).some(isClose);
}

function otherTypeMessage({ type }: Block): string {
  return `this block is of type "${type}"; the job description goes into one that begins with "# /// script"`;
}

const MALFORMED_HEAD =
  'this line begins no block; it must be exactly "# /// script", without other spaces';

const NO_METADATA =
  `the script has no job description; it goes into a comment block like this one:
# /// script
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "LazyLocalContext"
# local_root = "./"
# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# command = "python3"
# task_work_path = "./"
# ///`;
