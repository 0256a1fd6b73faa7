/** The home directory where HOME is not set, as in some batch systems, cron jobs and containers. */
import { environmentVariable } from "./bytes_names.ts";

/** Sets HOME from the user database, for dpdisp and its child processes; leaves it unset for a user without an entry. */
export async function setHome(): Promise<void> {
  if (environmentVariable("HOME")) return;
  const { homedir } = await import("node:os");
  Deno.env.delete("HOME");
  const home: string | null = homedir();
  if (home) Deno.env.set("HOME", home);
}
