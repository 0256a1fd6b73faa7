/** What is left where a file cannot be put in its place. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { groundOf, placeFile } from "../../../src/backends/files/install.ts";

const SHM = "/dev/shm";

/** Whether there is one file system only. */
function noSecond(): boolean {
  try {
    const directory = Deno.makeTempDirSync({ dir: SHM });
    const [one, other] = [directory, Deno.makeTempDirSync()];
    const isSecond = Deno.statSync(one).dev !== Deno.statSync(other).dev;
    for (const each of [one, other]) Deno.removeSync(each);
    return !isSecond;
  } catch {
    return true;
  }
}

Deno.test({
  name: "a copy to another file system that is cut off leaves no file there",
  ignore: noSecond(),
  async fn() {
    const base = await Deno.makeTempDir();
    const there = await Deno.makeTempDir({ dir: SHM });
    await Deno.symlink(there, `${base}/t`);
    // A directory cannot be read as a file, as a full disk cannot be written.
    await Deno.mkdir(`${base}/landing/f1`, { recursive: true });
    const placing = {
      ground: groundOf(base, ["t"]),
      incomingDir: `${base}/landing`,
      isAsked: () => true,
    };
    const why = placeFile(placing, "t/out", {
      ...{ name: "f1", bytes: 1, modified: null },
    });
    ok(why !== null);
    deepStrictEqual([...Deno.readDirSync(there)], []);
    for (const each of [base, there]) {
      await Deno.remove(each, { recursive: true });
    }
  },
});
