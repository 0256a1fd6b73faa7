/** What another user needs to run this checkout, where that user can read it. */
import { run } from "./remote_dir.ts";

const root = `${import.meta.dirname}/../../`;

export interface Program {
  readonly deno: string;
  readonly main: string;
  /** DENO_DIR. */
  readonly cache: string;
}

/** This checkout as it is. */
export function ownProgram(): Program {
  return { deno: Deno.execPath(), main: `${root}main.ts`, cache: denoDir() };
}

/** Copies deno, the packages of its cache and the program to a directory, and gives it to a user. */
export async function copyProgram(to: string, user: string): Promise<Program> {
  await Deno.mkdir(`${to}/cache`);
  const sources = ["main.ts", "src", "schemas", "deno.json", "deno.lock"];
  await succeed("cp", Deno.execPath(), `${to}/deno`);
  await succeed("cp", "-r", `${denoDir()}/npm`, `${to}/cache`);
  await succeed("cp", "-r", ...sources.map((name) => root + name), to);
  await succeed("chown", "-R", user, to);
  return { deno: `${to}/deno`, main: `${to}/main.ts`, cache: `${to}/cache` };
}

export function denoDir(): string {
  return Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
}

/** Throws where the command fails. */
export async function succeed(...words: readonly string[]): Promise<void> {
  const { code, stderr } = await run(words);
  if (code !== 0) throw new Error(`${words.join(" ")}: ${stderr}`);
}
