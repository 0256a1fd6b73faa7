/** Checks the names that are put into a proxy command, which is shell text. */
import { fail, ok, type Result } from "../../text/result.ts";

/** ssh refuses names of hosts and users with these characters since 9.6. */
const UNSAFE = /^-|['"`$;|&<>(){}\s]/;

/** Fails where a name has characters with a special meaning in a shell. */
export function checkNames(names: readonly string[]): Result<void> {
  const unsafe = names.find((name) => UNSAFE.test(name));
  return unsafe === undefined ? ok(undefined) : fail({
    kind: "connection",
    summary: "Cannot run the proxy command",
    detail: `the host name or user ${
      JSON.stringify(unsafe)
    } contains invalid characters`,
    hint:
      "With a proxy command, names may not contain quotes, spaces or shell metacharacters, nor begin with a dash",
    isRetryable: false,
  });
}
