import type { Context } from "./context.ts";
import { lazyLocal } from "./lazy_local.ts";

/** This machine, in a folder of the submission's own below `remote_root`. */
export const local: Context = {
  ...lazyLocal,
  name: "LocalContext",
  staging: ({ profile }) => profile.symlink === false ? "copy" : "link",
};
