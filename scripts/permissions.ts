/**
 * The permissions that dpdisp is shipped with, and so the ones that tests run it with.
 * Reading `/proc`, a work base in `/dev/shm` and a script on `/dev/stdin` need every
 * permission of Deno; starting programs, which is what dpdisp is for, is no less. See
 * docs/decisions/2026-11-27-permissions.md.
 */
export const PERMISSIONS = ["--allow-all", "--no-prompt"] as const;
