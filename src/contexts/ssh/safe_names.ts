/** Names that go into a proxy command, which is shell text. */
import { fail, ok, type Result } from "../../text/result.ts";

/** What ssh takes for no name of a host or user since 9.6. */
const UNSAFE = /^-|['"`$;|&<>(){}\s]/;

/** Fails where one of the words would mean more to a shell than a name. */
export function checkNames(words: readonly string[]): Result<void> {
  const unsafe = words.find((word) => UNSAFE.test(word));
  return unsafe === undefined ? ok(undefined) : fail({
    kind: "connection",
    summary: "Cannot run the proxy command",
    detail: `the host name or user ${
      JSON.stringify(unsafe)
    } would mean more to a shell than a name`,
    hint:
      "With a proxy command they have no quotes, blanks or signs of the shell in them, and do not begin with a dash",
    isRetryable: false,
  });
}
