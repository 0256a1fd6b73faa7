import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { callRemote } from "../../src/backends/shell/call_remote.ts";
import { packTar } from "../../src/backends/files/pack_tar.ts";
import { RUN_DIRECTORY } from "../../src/script/remote_layout.ts";
import type { Guarded } from "../../src/script/ownership.ts";
import { stageScript } from "../../src/script/stage_script.ts";
import { inspectScript } from "../../src/script/inspect_script.ts";
import {
  bytesOf,
  KEY,
  namesIn,
  openRemoteHost,
  type RemoteHost,
  SHELLS,
  streamOf,
  withShell,
} from "../helpers/remote_dir.ts";
import { treeOf } from "../helpers/context_contract/fixture.ts";
import { localShell } from "../../src/contexts/local/mod.ts";

const STRANGER = 12345;
/** Only root can make a directory of another user. */
const isRoot = Deno.uid() === 0;

const modeOf = (path: string) => Deno.statSync(path).mode! & 0o777;

/** The root, .dpdisp in it, and the run directory. */
function places(host: RemoteHost): readonly string[] {
  return [host.root, `${host.root}/${RUN_DIRECTORY}`, host.runDir];
}

async function attempt(
  host: RemoteHost,
  body: string,
  { guarded = "root" as Guarded, stdin = null as Uint8Array | null } = {},
) {
  const sandbox = { ...host.remote, site: { ...host.site, guarded } };
  const asked = await callRemote(sandbox, {
    purpose: "try",
    body,
    ...stdin && { stdin: streamOf(stdin as Uint8Array<ArrayBuffer>) },
  });
  return asked.ok ? null : asked.error.detail;
}

async function stage(host: RemoteHost, guarded: Guarded = "root") {
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
  return await attempt(host, body, { guarded, stdin });
}

Deno.test("all directories that staging makes are closed to others, whatever the umask and the mode of an input", async () => {
  const open = localShell(null);
  const shell = {
    ...open,
    open: (script: string, io?: Parameters<typeof open.open>[1]) =>
      open.open(`umask 000\n${script}`, io),
  };
  await using host = openRemoteHost({ bare: true, shell });
  strictEqual(await stage(host), null);
  deepStrictEqual(places(host).map(modeOf), [0o700, 0o700, 0o700]);
});

Deno.test("what an earlier version left open is closed; the run directory, which was never open, is refused", async () => {
  await using host = openRemoteHost();
  for (const mode of [0o775, 0o757]) {
    for (const path of places(host)) await Deno.chmod(path, 0o700);
    const [root, ours, directory] = places(host) as [string, string, string];
    await Deno.chmod(root, mode);
    await Deno.chmod(ours, mode);
    strictEqual(await attempt(host, inspectScript()), null);
    deepStrictEqual([modeOf(root), modeOf(ours)], [0o700, 0o700]);
    await Deno.chmod(directory, mode);
    match(
      (await attempt(host, inspectScript())) ?? "",
      /0123abcd-4567cdef is writable by other users/,
    );
    strictEqual(modeOf(directory), mode);
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
        await using host = openRemoteHost({
          shell: withShell(words, localShell(null)),
        });
        const place = places(host)[at]!;
        await Deno.chown(place, STRANGER, STRANGER);
        await Deno.chmod(place, 0o777);
        const before = treeOf(host.root);
        const failures = [
          await attempt(host, inspectScript()),
          await attempt(host, 'section done >/dev/null; mkdir "$D/x"'),
          await stage(host),
        ];
        for (const each of failures) {
          ok(
            each?.startsWith(`${place} belongs to another user (uid 12345)`),
            `${each}`,
          );
        }
        deepStrictEqual(treeOf(host.root), before);
      }
    },
  });
}

Deno.test({
  name:
    "a run directory that another user prepared is refused, and nothing is written into it",
  ignore: !isRoot,
  fn: async () => {
    await using host = openRemoteHost({ bare: true });
    await Deno.mkdir(host.root);
    await Deno.chown(host.root, STRANGER, STRANGER);
    await Deno.chmod(host.root, 0o777);
    match((await stage(host)) ?? "", /belongs to another user/);
    deepStrictEqual(treeOf(host.root), {});
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
      await using host = openRemoteHost({ bare: true });
      const place = places(host)[at]!;
      const shell = raced(place.replaceAll("$", "\\$"));
      const failures = await stage({
        ...host,
        remote: { ...host.remote, shell },
      });
      ok(
        failures?.startsWith(`${place} belongs to another user`),
        `${failures}`,
      );
      deepStrictEqual(namesIn(place), []);
    }
  },
});

Deno.test({
  name:
    "in place the work base may belong to another user, our directory in it may not",
  ignore: !isRoot,
  fn: async () => {
    await using host = openRemoteHost({ bare: true });
    await Deno.mkdir(host.root);
    await Deno.chown(host.root, STRANGER, STRANGER);
    strictEqual(await stage(host, "run directory"), null);
    deepStrictEqual(places(host).slice(1).map(modeOf), [0o700, 0o700]);
    await Deno.chown(`${host.root}/${RUN_DIRECTORY}`, STRANGER, STRANGER);
    match((await stage(host, "run directory")) ?? "", /another user/);
  },
});

Deno.test("a symlink or a file in place of a directory is refused", async () => {
  for (const at of [0, 1, 2]) {
    await using host = openRemoteHost();
    const place = places(host)[at]!;
    await Deno.rename(place, `${place}.real`);
    await Deno.symlink(`${place}.real`, place);
    match((await attempt(host, inspectScript())) ?? "", / is a symlink,/);
    await Deno.remove(place);
    await Deno.symlink("nowhere", place);
    match((await stage(host)) ?? "", / is a symlink,/);
    await Deno.remove(place);
    await Deno.writeTextFile(place, "");
    match((await stage(host)) ?? "", / is not a directory/);
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
    await using host = openRemoteHost({ shell: telling(line) });
    strictEqual(await attempt(host, inspectScript()), null, line);
  }
});
