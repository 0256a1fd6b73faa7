/** Tests that mostly wait, run at the same time. */
import { ok } from "node:assert/strict";

type Register = (
  name: string,
  fn: (t: Deno.TestContext) => Promise<void>,
) => void;

/** Registers one test; what is added to it later in the same file are its steps. */
export function sideBySide(
  register: Register,
  name: string,
): (name: string, fn: () => Promise<void>) => void {
  const steps: Deno.TestStepDefinition[] = [];
  register(name, async (t) => {
    const passed = await Promise.all(steps.map((step) => t.step(step)));
    ok(passed.every((each) => each));
  });
  return (name, fn) =>
    void steps.push({
      ...{ name, fn },
      sanitizeOps: false,
      sanitizeResources: false,
      sanitizeExit: false,
    });
}
