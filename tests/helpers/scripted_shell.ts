import type { Remote } from "../../src/backends/shell/call_remote.ts";
import type { Shell } from "../../src/contexts/shell.ts";
import { fakeClock } from "./environment.ts";
import { type Bytes, KEY, streamOf } from "./remote_dir.ts";

/** What a far side says whatever it is asked; its nonce is `n`. */
export interface Said {
  readonly stdout: string | Bytes;
  readonly stderr?: string;
  readonly code?: number;
  /** The line broke. */
  readonly lost?: boolean;
}

/** A far side that says what it is given, and keeps what it was asked. */
export function saying(
  { stdout, stderr = "", code = 0, lost = false }: Said,
): Remote & { readonly asked: readonly string[] } {
  const asked: string[] = [];
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
      asked.push(script);
      // A far side reads to the end, and does not mind how that comes.
      if (io?.stdin) await new Response(io.stdin).arrayBuffer().catch(() => {});
      return {
        ok: true,
        value: {
          stdout: streamOf(bytes(stdout)),
          stderr: streamOf(bytes(stderr)),
          exit: Promise.resolve(
            lost
              ? { ok: false, error: { sent: true, failure } }
              : { ok: true, value: code },
          ),
        },
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const site = { root: "/r", key: KEY, token: "me", who: "here 1" };
  return {
    shell,
    site: { ...site, guarded: "root", commands: [] },
    nonce: () => "n",
    clock: fakeClock(),
    asked,
  };
}
