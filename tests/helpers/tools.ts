/** Tests that start a program which not every machine has. */
import { installCommand, isThere, type Tool } from "../../scripts/tools.ts";

type Body = (t: Deno.TestContext) => void | Promise<void>;

/** Registers a test; where a program that it needs is absent, one that is ignored and says why. CI has no excuse: there it fails. */
export function toolTest(
  needs: Tool | readonly Tool[],
  name: string,
  fn: Body,
): void {
  const absent = [needs].flat().filter((tool) => !isThere(tool));
  if (absent.length === 0) return Deno.test(name, fn);
  const reason = `needs ${absent.join(", ")}`;
  if (!Deno.env.get("CI")) {
    return Deno.test({ name: `${name} (${reason})`, ignore: true, fn() {} });
  }
  Deno.test(name, () => {
    throw new Error(`${reason}: ${installCommand(absent)}`);
  });
}

/** For a file whose tests all need the same: its `Deno.test`. */
export function testsWith(
  ...needs: readonly Tool[]
): (name: string, fn: Body) => void {
  return (name, fn) => toolTest(needs, name, fn);
}

/** The programs that words start a shell with: `busybox sh`, `zsh --emulate sh`. */
export function toolOf(words: string | readonly string[]): readonly Tool[] {
  const [name] = [words].flat().flatMap((word) => word.split(" "));
  return name === "bash" ? [] : [name as Tool];
}
