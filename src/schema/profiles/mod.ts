/** `machine.remote_profile` of each context. */
import { fields, type Values } from "../field.ts";
import { flag } from "../value_types.ts";
import type { ContextName } from "../names.ts";
import { bohrium, openapi } from "./cloud.ts";
import { ssh } from "./ssh.ts";

const none = fields({});

export const profiles = {
  LazyLocalContext: none,
  LocalContext: fields({
    symlink: {
      configName: "symlink",
      kind: flag,
      default: true,
      whenChanged: "continue",
      doc:
        "true: inputs are symbolic links in the remote directory; false: they are copied.",
    },
  }),
  SSHContext: ssh,
  HDFSContext: none,
  OpenAPIContext: openapi,
  BohriumContext: bohrium,
} as const satisfies Readonly<Record<ContextName, unknown>>;

/** The profile of a context after checking. */
export type ProfileOf<C extends ContextName> = Values<(typeof profiles)[C]>;
