/** How the failures of remote calls are worded. */
import type { ReplySection } from "../../script/reply.ts";
import type { Failure } from "../../text/result.ts";

/** The reply cannot be understood. `isRetryable`: the next one may be complete. */
export function invalidReply(
  purpose: string,
  problem: string,
  isRetryable = true,
): Failure {
  return {
    kind: "connection",
    summary: `Cannot ${purpose}`,
    detail: `the reply cannot be understood: ${problem}`,
    hint:
      "Check what the login shell and its commands print; `dpdisp doctor` shows it",
    isRetryable,
  };
}

/** No output for so long. */
export function silent(
  purpose: string,
  seconds: number,
  message: string,
): Failure {
  return {
    kind: "connection",
    summary: `Cannot ${purpose}`,
    detail: `no output of the script for ${seconds} s${
      message === "" ? "" : `; its last output: ${message}`
    }`,
    hint:
      "A command, a login script or a file system that hangs there is a common cause; `dpdisp doctor` looks at them",
    isRetryable: true,
  };
}

/** The script has ended with an exit code, and did not print its end. */
export function connectionEnded(
  purpose: string,
  message: string,
  code: number,
): Failure {
  return {
    kind: "connection",
    summary: `Cannot ${purpose}`,
    detail: message || `the script ended with exit code ${code} before its end`,
    isRetryable: true,
  };
}

/** The host ended the call before the script printed anything. `mayPass`: another try may succeed. */
export function notStarted(
  purpose: string,
  { message, code, mayPass, isLocal }: {
    readonly message: string;
    readonly code: number;
    readonly mayPass: boolean;
    readonly isLocal: boolean;
  },
): Failure {
  return {
    kind: "connection",
    summary: `Cannot ${purpose}: the script did not start`,
    detail: message || `exit code ${code}, and no message`,
    hint: isLocal
      ? "Check `sh` on this computer"
      : "The login succeeded. Check that the account may run commands there: its login shell, what the shell's startup files do, and ForceCommand; `ssh HOST true` shows the same",
    isRetryable: mayPass,
  };
}

/** What the script was to read could not be read on this computer. */
export function unreadable(purpose: string, cause: unknown): Failure {
  return {
    kind: "transfer",
    summary: `Cannot ${purpose}`,
    detail: cause instanceof Error ? cause.message : String(cause),
    isRetryable: false,
  };
}

/** The script reports a failure by this section. */
export function isScriptError({ header }: ReplySection): boolean {
  return Object.hasOwn(SCRIPT_ERRORS, header[0]!);
}

/** Sections by which a script reports a failure. */
const SCRIPT_ERRORS: Readonly<
  Record<string, (section: ReplySection, place: string) => Partial<Failure>>
> = {
  failed: (_, place) => ({
    kind: "transfer",
    hint: `Fix this in ${place}, then run the same command again`,
  }),
  command_not_found: ({ header }) => ({
    kind: "scheduler",
    detail: `command not found: ${header.slice(1).join(" ")}`,
    hint:
      "If the command needs another PATH or has another name, set it in machine.commands; `dpdisp doctor` shows what a login shell finds",
  }),
  away: (_, place) => ({
    kind: "connection",
    detail: `${place} is not there`,
    hint:
      "It was there before: is it moved, or its file server away? This is tried again for 3 minutes; then it counts as removed",
    isRetryable: true,
  }),
  incomplete: () => ({
    kind: "transfer",
    detail: "the upload was incomplete",
    isRetryable: true,
  }),
  too_long: () => ({
    detail: "a command on the remote host prints without end",
    hint: "Check what the login shell and its commands print",
  }),
  lease_taken: () => ({
    kind: "connection",
    detail: "another dpdisp process has taken over the lease of this run",
    hint: "Run the same command again to attach to it",
  }),
  unsafe: ({ header, text }) => ({
    kind: "input",
    detail: `${text.replace(/\n$/, "")} ${unsafeWords(header.slice(1))}`,
    hint: unsafeAdvice,
  }),
  other_run: ({ header }) => ({
    kind: "input",
    detail: `the remote directory belongs to another run (${header[1]})`,
    hint: "Run the same command again",
  }),
};

/** The end of a sentence about a directory, from a section `unsafe REASON OWNER`. */
export function unsafeWords([reason, owner]: readonly string[]): string {
  switch (reason) {
    case "other_owner":
      return `belongs to another user (uid ${owner}), who could run any command as you`;
    case "writable_by_others":
      return "is writable by other users, who could run any command as you";
    case "link":
      return "is a symlink, where a directory of this run was expected";
    default:
      return "is not a directory";
  }
}

/** No command was run in the directory and no file was written. */
export const unsafeAdvice =
  "Check who created it and what it contains; then remove it, or set a remote_root (in place: a work_base) that only you can write";

/** `message`: the script's stderr; `place`: where the user can fix the cause. */
export function scriptFailure(
  purpose: string,
  section: ReplySection,
  { message, place }: { readonly message: string; readonly place: string },
): Failure {
  const detail = message || "no error message";
  const base = {
    kind: "connection",
    summary: `Cannot ${purpose}`,
    detail,
    isRetryable: false,
  } as const;
  return { ...base, ...SCRIPT_ERRORS[section.header[0]!]!(section, place) };
}
