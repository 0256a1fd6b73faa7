/** What tar could not read of the results, by its own words. */
import { fail, ok, type Result } from "../../text/result.ts";
import type { ReplySection } from "../../script/reply.ts";
import { decodeName } from "../../text/bytes_name.ts";
import { normalise } from "../../text/path.ts";
import type { MatchedOutputs } from "../files/matched_outputs.ts";

/** Its last line where any other was an error. */
const SUMMARY = /exit(?:ing with failure status|ed) (?:due to|delayed from)/i;

/**
 * What is to be told; the archive is complete without it. A file that grew
 * while it was read came as it was. Fails where tar ended badly and said nothing.
 */
export function unreadableFiles(
  sections: readonly ReplySection[],
): Result<readonly string[]> {
  const sent = sections.find(({ header }) => header[0] === "tar_exit");
  if (!sent) return ok([]);
  const said = sent.text.split("\n").filter((line) => line !== "");
  if (sent.header[1] === "0") {
    return ok(said.filter((line) => /socket ignored$/.test(line)));
  }
  if (said.length > 0) {
    const telling = said.filter((line) => !SUMMARY.test(line));
    return ok(telling.filter((line) => !/changed as we read it$/.test(line)));
  }
  return fail({
    kind: "transfer",
    summary: "Cannot collect results",
    detail: `tar ended with exit code ${sent.header[1] || "unknown"}`,
    isRetryable: true,
  });
}

/** A socket is no result, and what was removed is not there to be kept. */
const NOTHING = /socket ignored$|removed before we read it$/;

/**
 * The picked names that tar speaks of: something of them is there and did not
 * come. A line that names none of them may mean any.
 */
export function unreadablePaths(
  lines: readonly string[],
  picks: readonly MatchedOutputs[],
): ReadonlySet<string> {
  const names = new Set(picks.flatMap(({ names }) => names));
  // So many words may mean any of so many names, and to look for each takes too long.
  if (lines.length * names.size > MOST_COMPARED) return new Set(names);
  return new Set(
    lines.filter((line) => !NOTHING.test(line)).flatMap((line) => {
      const said = plain(line);
      const meant = [...names].filter((name) => speaksOf(said, name));
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

const MOST_COMPARED = 1e6;

function speaksOf(said: string, name: string): boolean {
  const path = name === "." ? "." : `./${name}`;
  return [" ", "'"].some((before) =>
    [":", "/", "'"].some((end) => said.includes(before + path + end))
  );
}

/** As it is where GNU tar escapes what is not plain ASCII: `\303\244`, `\n`, `\\` (its manual, "quoting styles"). */
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
