import type { Remote } from "../../src/backends/shell/call_remote.ts";
import { noAnswers } from "../../src/backends/shell/host_answers.ts";
import type { Shell } from "../../src/contexts/shell.ts";
import { fakeClock } from "./environment.ts";
import { type Bytes, KEY, streamOf } from "./remote_dir.ts";

/** What a remote host says whatever it is asked; its nonce is `n`. */
export interface ScriptedReply {
  readonly stdout: string | Bytes;
  readonly stderr?: string;
  readonly code?: number;
  /** The line broke. */
  readonly isCut?: boolean;
}

/** A remote host that says what it is given, and keeps what it was asked. */
export function scriptedRemote(
  { stdout, stderr = "", code = 0, isCut = false }: ScriptedReply,
): Remote & { readonly scripts: readonly string[] } {
  const scripts: string[] = [];
  const bytes = (text: string | Bytes) =>
    typeof text === "string" ? new TextEncoder().encode(text) : text;
  const failure = {
    kind: "connection",
    summary: "Cannot hear the far side",
    detail: "cut",
    isRetryable: true,
  } as const;
  const shell: Shell = {
    local: false,
    async open(script, io) {
      scripts.push(script);
      // A remote host reads to the end, and does not mind how that comes.
      if (io?.stdin) await new Response(io.stdin).arrayBuffer().catch(() => {});
      return {
        ok: true,
        value: {
          stdout: streamOf(bytes(stdout)),
          stderr: streamOf(bytes(stderr)),
          exit: Promise.resolve(
            isCut
              ? { ok: false, error: { sent: true, failure } }
              : { ok: true, value: code },
          ),
        },
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const site = { root: "/r", key: KEY, token: "me", holderName: "here 1" };
  return {
    shell,
    site: { ...site, guarded: "root", commands: [], commandLimit_s: 60 },
    answers: noAnswers(),
    waits: new Set(),
    nonce: () => "n",
    clock: fakeClock(),
    scripts,
  };
}
