/** Brings results home: what was asked for, and nothing else; each piece is put in place when all of it is there. */
import { fail, ok, type Result } from "../result.ts";
import { collectScript } from "../script/collect_script.ts";
import { FOLDER } from "../script/layout.ts";
import type { Squeeze } from "../script/squeeze.ts";
import { isBytesName } from "../text/bytes_name.ts";
import type { Clockwork } from "../world.ts";
import { ask, type Far } from "./ask.ts";
import type { Homecoming, Transfer, Wanted } from "./backend.ts";
import type { Budget } from "./budget.ts";
import { closeLanding, openLanding } from "./landing.ts";
import type { OwnFiles } from "./own_files.ts";
import { FILE_PATIENCE_S } from "./patience.ts";
import { announced, groupByPick, readPicks } from "./picked.ts";
import { type Ground, isSame, kindAt, placeOf, stampOf } from "./place.ts";
import { putResults } from "./put_results.ts";
import { receive } from "./receive.ts";

/** Where results go: local folder, and the far folder that links may name. */
export interface Home {
  readonly base: string;
  /** Absolute far root; links into it are made to point into `base`. Null: base and root are one folder. */
  readonly farRoot: string | null;
  /** The run's key, which folders of ours bear. */
  readonly key: string;
  /** Where steps below `base` lead, as that was before anything came. */
  readonly ground: () => Ground;
  readonly own: OwnFiles;
  readonly budget: Budget;
  readonly squeeze: Squeeze | null;
  readonly clock: Clockwork;
  readonly onTransfer: (transfer: Transfer | null) => void;
}

export async function bring(
  far: Far,
  wanted: readonly Wanted[],
  home: Home,
): Promise<Result<Homecoming>> {
  // Tasks that share a folder often want the same; it travels once.
  const distinct = new Map(
    wanted.map((want) => [JSON.stringify(want), want]),
  );
  const { farRoot } = home;
  const brought = farRoot === null
    ? await lookInPlace(far, [...distinct.values()], home)
    : await fetch(far, [...distinct.values()], { ...home, farRoot });
  if (!brought.ok) return brought;
  const { results, refused } = brought.value;
  const byWant = new Map([...distinct.keys()].map((key, i) => [key, i]));
  return ok({
    results: wanted.map((want) => results[byWant.get(JSON.stringify(want))!]!),
    refused,
  });
}

/** Results are where they belong; what is there is told. */
async function lookInPlace(
  far: Far,
  wanted: readonly Wanted[],
  home: Home,
): Promise<Result<Homecoming>> {
  const body = collectScript(wanted, false);
  const sections = await ask(far, {
    purpose: "collect results",
    body,
    patience_s: FILE_PATIENCE_S,
  });
  if (!sections.ok) return sections;
  // Nothing is put anywhere: where links lead does not matter.
  const ground: Ground = { base: home.base, linked: new Map() };
  const picks = readPicks(sections.value, wanted);
  const within = groupByPick(picks, announced(sections.value, picks));
  return ok({
    results: picks.map(({ names, missing }, i) => ({
      files: [
        ...names,
        ...filesAmong(ground, within[i]!, new Set(names)),
      ].flatMap((path) => stampOf(ground, path)),
      missing,
    })),
    refused: [],
  });
}

/** What is in folders that were asked for: to delete one file of them is to delete a result. */
function filesAmong(
  ground: Ground,
  paths: readonly string[],
  known: ReadonlySet<string>,
): readonly string[] {
  return paths.filter((path) =>
    !known.has(path) && !isBytesName(path) &&
    kindAt(placeOf(ground, path)) === "file"
  );
}

async function fetch(
  far: Far,
  wanted: readonly Wanted[],
  home: Home & { readonly farRoot: string },
): Promise<Result<Homecoming>> {
  const ground = home.ground();
  const landing = openLanding(`${ground.base}/${FOLDER}`, home.key);
  if (!landing.ok) return landing;
  try {
    const received = await receive(far, wanted, {
      ...home,
      landing: landing.value,
      linked: new Set(ground.linked.keys()),
      isSame: (path, text) => isSame(ground, path, text),
    });
    if (!received.ok) return fail(received.error);
    return ok(
      await putResults(received.value, {
        ground,
        landing: landing.value,
        own: home.own,
      }),
    );
  } finally {
    closeLanding(landing.value);
  }
}
