import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { callRemote } from "../../src/backends/shell/call_remote.ts";
import { packTar } from "../../src/backends/files/pack_tar.ts";
import { RUN_DIRECTORY } from "../../src/script/remote_layout.ts";
import type { Guarded } from "../../src/script/ownership.ts";
import { stageScript } from "../../src/script/stage_script.ts";
import { inspectScript } from "../../src/script/inspect_script.ts";
import {
  bytesOf,
  type FarSide,
  farSide,
  KEY,
  namesIn,
  SHELLS,
  streamOf,
  under,
} from "../helpers/remote_dir.ts";
import { treeOf } from "../helpers/context_contract/fixture.ts";
import { localShell } from "../../src/contexts/local/mod.ts";

const STRANGER = 12345;
/** Only root can make a directory of another user. */
const isRoot = Deno.uid() === 0;

const modeOf = (path: string) => Deno.statSync(path).mode! & 0o777;

/** The root, .dpdisp in it, and the run directory. */
function places(side: FarSide): readonly string[] {
  return [side.root, `${side.root}/${RUN_DIRECTORY}`, side.folder];
}

async function attempt(
  side: FarSide,
  body: string,
  { guarded = "root" as Guarded, stdin = null as Uint8Array | null } = {},
) {
  const far = { ...side.far, site: { ...side.site, guarded } };
  const asked = await callRemote(far, {
    purpose: "try",
    body,
    ...stdin && { stdin: streamOf(stdin as Uint8Array<ArrayBuffer>) },
  });
  return asked.ok ? null : asked.error.detail;
}

async function stage(side: FarSide, guarded: Guarded = "root") {
  const stdin = await bytesOf(packTar([
    { to: ".", directory: true, mode: 0o777 },
    { to: "input", text: "in" },
    { to: `${RUN_DIRECTORY}/${KEY}/complete`, text: "" },
  ]));
  const body = stageScript({
    ...{
      runId: "run1",
      closedRunIds: [],
      compression: null,
    },
    copy: "script_1.py",
  });
  return await attempt(side, body, { guarded, stdin });
}

Deno.test("all directories that staging makes are closed to others, whatever the umask and the mode of an input", async () => {
  const open = localShell(null);
  const shell = {
    ...open,
    open: (script: string, io?: Parameters<typeof open.open>[1]) =>
      open.open(`umask 000\n${script}`, io),
  };
  await using side = farSide({ bare: true, shell });
  strictEqual(await stage(side), null);
  deepStrictEqual(places(side).map(modeOf), [0o700, 0o700, 0o700]);
});

Deno.test("what an earlier version left open is closed; the run directory, which was never open, is refused", async () => {
  await using side = farSide();
  for (const mode of [0o775, 0o757]) {
    for (const path of places(side)) await Deno.chmod(path, 0o700);
    const [root, ours, folder] = places(side) as [string, string, string];
    await Deno.chmod(root, mode);
    await Deno.chmod(ours, mode);
    strictEqual(await attempt(side, inspectScript()), null);
    deepStrictEqual([modeOf(root), modeOf(ours)], [0o700, 0o700]);
    await Deno.chmod(folder, mode);
    match(
      (await attempt(side, inspectScript())) ?? "",
      /0123abcd-4567cdef is writable by other users/,
    );
    strictEqual(modeOf(folder), mode);
  }
});

for (const words of SHELLS) {
  Deno.test({
    name:
      `a directory of another user is refused before anything is done in it, under ${
        words.join(" ")
      }`,
    ignore: !isRoot,
    fn: async () => {
      for (const at of [0, 1, 2]) {
        await using side = farSide({ shell: under(words, localShell(null)) });
        const place = places(side)[at]!;
        await Deno.chown(place, STRANGER, STRANGER);
        await Deno.chmod(place, 0o777);
        const before = treeOf(side.root);
        const saw = [
          await attempt(side, inspectScript()),
          await attempt(side, 'section done >/dev/null; mkdir "$D/x"'),
          await stage(side),
        ];
        for (const each of saw) {
          ok(
            each?.startsWith(`${place} belongs to another user (uid 12345)`),
            `${each}`,
          );
        }
        deepStrictEqual(treeOf(side.root), before);
      }
    },
  });
}

Deno.test({
  name:
    "a run directory that another user prepared is refused, and nothing is written into it",
  ignore: !isRoot,
  fn: async () => {
    await using side = farSide({ bare: true });
    await Deno.mkdir(side.root);
    await Deno.chown(side.root, STRANGER, STRANGER);
    await Deno.chmod(side.root, 0o777);
    match((await stage(side)) ?? "", /belongs to another user/);
    deepStrictEqual(treeOf(side.root), {});
  },
});

Deno.test({
  name:
    "a directory that another user makes during staging is detected before anything is written into it",
  ignore: !isRoot,
  fn: async () => {
    for (const at of [0, 1, 2]) {
      const local = localShell(null);
      // Another user makes the directory in the moment before we do.
      const rival = (place: string) => `
mkdir() {
  [ "$*" != "-m 700 ${place}" ] || { command mkdir -m 777 "$3" && chown ${STRANGER} "$3"; }
  command mkdir "$@"
}
`;
      const raced = (place: string) => ({
        ...local,
        open: (script: string, io?: Parameters<typeof local.open>[1]) =>
          local.open(rival(place) + script, io),
      });
      await using side = farSide({ bare: true });
      const place = places(side)[at]!;
      const shell = raced(place.replaceAll("$", "\\$"));
      const saw = await stage({ ...side, far: { ...side.far, shell } });
      ok(saw?.startsWith(`${place} belongs to another user`), `${saw}`);
      deepStrictEqual(namesIn(place), []);
    }
  },
});

Deno.test({
  name:
    "in place the work base may belong to another user, our directory in it may not",
  ignore: !isRoot,
  fn: async () => {
    await using side = farSide({ bare: true });
    await Deno.mkdir(side.root);
    await Deno.chown(side.root, STRANGER, STRANGER);
    strictEqual(await stage(side, "run directory"), null);
    deepStrictEqual(places(side).slice(1).map(modeOf), [0o700, 0o700]);
    await Deno.chown(`${side.root}/${RUN_DIRECTORY}`, STRANGER, STRANGER);
    match((await stage(side, "run directory")) ?? "", /another user/);
  },
});

Deno.test("a symlink or a file in place of a directory is refused", async () => {
  for (const at of [0, 1, 2]) {
    await using side = farSide();
    const place = places(side)[at]!;
    await Deno.rename(place, `${place}.real`);
    await Deno.symlink(`${place}.real`, place);
    match((await attempt(side, inspectScript())) ?? "", / is a symlink,/);
    await Deno.remove(place);
    await Deno.symlink("nowhere", place);
    match((await stage(side)) ?? "", / is a symlink,/);
    await Deno.remove(place);
    await Deno.writeTextFile(place, "");
    match((await stage(side)) ?? "", / is not a directory/);
  }
});

/** A host where `ls` and `find` print this for every directory. */
function telling(line: string): ReturnType<typeof localShell> {
  const real = localShell(null);
  const fakes = `ls() { echo '${line} 4096 x'; }\nfind() { echo "$1"; }\n`;
  return { ...real, open: (script, io) => real.open(fakes + script, io) };
}

Deno.test("a file system that gives all files to one owner, or has no modes, is supported", async () => {
  for (const line of ["drwx------ 2 65534 65534", "drwxrwxrwx 2 0 0"]) {
    await using side = farSide({ shell: telling(line) });
    strictEqual(await attempt(side, inspectScript()), null, line);
  }
});
