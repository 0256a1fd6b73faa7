/** Which results tar could not read, from its own messages. */
import { fail, ok, type Result } from "../../text/result.ts";
import type { ReplySection } from "../../script/reply.ts";
import { decodeName } from "../../text/bytes_name.ts";
import { normalise } from "../../text/path.ts";
import type { MatchedOutputs } from "./matched_outputs.ts";

/** Its last line where any other was an error. */
const SUMMARY = /exit(?:ing with failure status|ed) (?:due to|delayed from)/i;

/**
 * The messages to report; the archive is otherwise complete. A file that grew
 * while it was read was downloaded as it was. Fails where tar failed without a message.
 */
export function unreadableFiles(
  sections: readonly ReplySection[],
): Result<readonly string[]> {
  const sent = sections.find(({ header }) => header[0] === "tar_exit");
  if (!sent) return ok([]);
  const message = sent.text.split("\n").filter((line) => line !== "");
  if (sent.header[1] === "0") {
    return ok(message.filter((line) => /socket ignored$/.test(line)));
  }
  if (message.length > 0) {
    const telling = message.filter((line) => !SUMMARY.test(line));
    return ok(telling.filter((line) => !/changed as we read it$/.test(line)));
  }
  return fail({
    kind: "transfer",
    summary: "Cannot collect results",
    detail: `tar ended with exit code ${sent.header[1] || "unknown"}`,
    isRetryable: true,
  });
}

/** A socket is not a result, and a removed file cannot be downloaded. */
const NOTHING = /socket ignored$|removed before we read it$/;

/**
 * The requested names in tar's messages: something of them exists and was not
 * downloaded. A line without any of the names may refer to each of them.
 */
export function unreadablePaths(
  lines: readonly string[],
  matches: readonly MatchedOutputs[],
): ReadonlySet<string> {
  const names = new Set(matches.flatMap(({ names }) => names));
  // To search so many lines for so many names takes too long.
  if (lines.length * names.size > MAX_COMPARED) return new Set(names);
  return new Set(
    lines.filter((line) => !NOTHING.test(line)).flatMap((line) => {
      const message = plain(line);
      const meant = [...names].filter((name) => speaksOf(message, name));
      return meant.length > 0 ? meant : [...names];
    }),
  );
}

/** Paths that GNU tar names in a line with that end. */
export function namedBefore(
  end: "socket ignored" | "File removed before we read it",
  lines: readonly string[],
): ReadonlySet<string> {
  return new Set(
    lines.filter((line) =>
      line.startsWith("tar: ") && line.endsWith(`: ${end}`)
    )
      .map((line) => normalise(plain(line.slice(5, -end.length - 2)))),
  );
}

const MAX_COMPARED = 1e6;

function speaksOf(message: string, name: string): boolean {
  const path = name === "." ? "." : `./${name}`;
  return [" ", "'"].some((before) =>
    [":", "/", "'"].some((end) => message.includes(before + path + end))
  );
}

/** Undoes GNU tar's escapes of bytes that are not plain ASCII: `\303\244`, `\n`, `\\` (its manual, "quoting styles"). */
function plain(line: string): string {
  const bytesOf = (run: string) =>
    run.split("\\").slice(1).map((octal) => parseInt(octal, 8));
  return line.replaceAll(
    /((?:\\[0-7]{3})+)|\\([nt\\])/g,
    (_, run: string | undefined, sign: string) =>
      run === undefined
        ? { n: "\n", t: "\t" }[sign] ?? sign
        : decodeName(new Uint8Array(bytesOf(run))),
  );
}
