/** The work base on this machine may be away for a moment. */
import { fail, type Failure, type Result } from "../../text/result.ts";

/** The result; where the work base is not there during the call or after it, a failure that passes, because the result is then of its absence. */
export async function withWorkBase<T>(
  base: string,
  purpose: string,
  act: () => Promise<Result<T>>,
): Promise<Result<T>> {
  if (!isThere(base)) return fail(away(base, purpose));
  try {
    const result = await act();
    return isThere(base) ? result : fail(away(base, purpose));
  } catch (error) {
    if (isThere(base)) throw error;
    return fail(away(base, purpose));
  }
}

function isThere(directory: string): boolean {
  try {
    return Deno.statSync(directory).isDirectory;
  } catch {
    return false;
  }
}

function away(base: string, purpose: string): Failure {
  return {
    kind: "connection",
    summary: `Cannot ${purpose}`,
    detail: `the work base ${base} is not there`,
    hint:
      "It was there before: is it moved, or its file server away? dpdisp tries again",
    isRetryable: true,
  };
}
