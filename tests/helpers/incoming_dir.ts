/** A local side for results, as a run has it. */
import type { DownloadTarget } from "../../src/backends/shell/download.ts";
import type { DownloadBudget } from "../../src/backends/files/download_limits.ts";
import { ownFiles } from "../../src/backends/files/own_files.ts";
import { groundOf } from "../../src/backends/files/install.ts";
import { fakeJournals } from "./fake_journals.ts";
import { fakeClock } from "./environment.ts";

export function budget(change: Partial<DownloadBudget> = {}): DownloadBudget {
  return {
    ...{ mostBytes: 2 ** 40, mostFiles: 1e6, mostExpansion: 1000 },
    ...{ bytes: 0, files: 0, ...change },
  };
}

/** Results of a remote host whose root is `/r`; tasks in `dirs`. */
export function downloadTarget(
  base: string,
  dirs: readonly string[] = [],
): DownloadTarget {
  const ground = groundOf(base, dirs);
  return {
    base,
    isInPlace: false,
    remoteRoot: "/r",
    key: "x",
    ground: () => ground,
    own: ownFiles(base, "x", fakeJournals()),
    budget: budget(),
    compression: null,
    onTransfer: () => {},
    clock: fakeClock(),
  };
}
