/** The one `script` block of a file, or why there is none. */
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
      `a second \`# /// script\` block; a file may have only one, and the first begins at line ${
        block.first + 1
      }`;
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
  { first, interrupted }: OpenBlock,
): { readonly line: number; readonly message: string } {
  const source = lines[interrupted];
  const intro = `the metadata block that begins at line ${
    first + 1
  } is interrupted here`;
  if (isClose(lines[first + 1])) {
    const message =
      "the metadata block is empty; write [tool.dpdispatcher] between its two lines";
    return { line: first, message };
  }
  if (source?.trim() === "" && closesLater(lines, interrupted)) {
    const message = `${intro}: write "#" for an empty line of the block`;
    return { line: interrupted, message };
  }
  if (source !== undefined && /^\s*#/.test(source)) {
    const why = /^\s/.test(source)
      ? "begins with a space"
      : "lacks a space after #";
    const meant = withoutValue(source.trim().slice(1).trim());
    const message = `${intro}: this line ${why}; ${
      meant === null ? 'it must begin with "# "' : `write "# ${meant}"`
    }`;
    return { line: interrupted, message };
  }
  const message = `the metadata block is not closed; write "# ///" above line ${
    interrupted + 1
  }`;
  return { line: first, message };
}

/** Whether comment lines follow the empty ones and end with the closing line of a block. */
function closesLater(lines: readonly string[], from: number): boolean {
  const code = lines.findIndex((line, index) =>
    index >= from && line.trim() !== "" && !line.startsWith("#")
  );
  return lines.slice(from, code === -1 ? undefined : code).some(isClose);
}

function otherTypeMessage({ type }: Block): string {
  return `this metadata block has the type "${type}"; [tool.dpdispatcher] must be in a block that begins with "# /// script"`;
}

const MALFORMED_HEAD =
  'this line does not begin a metadata block; it must be exactly "# /// script"';

const NO_METADATA =
  `the script has no script metadata; add a comment block such as:
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
