import { ok } from "../../src/text/result.ts";
import type { TrustStore } from "../../src/environment/environment.ts";

/** Trust in memory. */
export function fakeTrusted(): TrustStore {
  const held = new Map<string, string>();
  return {
    recall: (script, metadata) => held.get(`${script}\0${metadata}`) ?? null,
    keep: (script, metadata, text) => {
      held.set(`${script}\0${metadata}`, text);
      return ok(undefined);
    },
    forget(script) {
      const own = [...held.keys()].filter((key) =>
        key.startsWith(`${script}\0`)
      );
      for (const key of own) held.delete(key);
      return own.length;
    },
  };
}
