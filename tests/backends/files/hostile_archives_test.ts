/** Hundreds of archives of a hostile host, three in turn into one work base in which the user has links of his own. */
import { noAnswers } from "../../../src/backends/shell/host_answers.ts";
import type { Wait } from "../../../src/model/backend_messages.ts";
import { deepStrictEqual, ok } from "node:assert/strict";
import { createTarPacker, type TarHeader } from "modern-tar";
import fc from "fast-check";
import { download } from "../../../src/backends/shell/download.ts";
import type { Shell } from "../../../src/contexts/shell.ts";
import {
  bytesOf,
  type ByteStream,
  KEY,
  streamOf,
} from "../../helpers/remote_dir.ts";
import { fakeClock } from "../../helpers/environment.ts";
import { downloadTarget } from "../../helpers/incoming_dir.ts";
import type { CollectRequest } from "../../../src/model/backend_messages.ts";

const STEPS = [
  ...["out", "latest", "t0", "t1", "t2", "log", "a", "b", "data", ".."],
  ...[".", ".ssh", "authorized_keys", "linked", "case", "log.dpdisp"],
] as const;

const path = fc.oneof(
  fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 4 })
    .map((steps) => steps.join("/")),
  // Where something of the user's is, or a task may write.
  fc.constantFrom(
    ...["log", "t0/log", "t1/log", "t2/log", "case/out", "case/log", "out"],
    ...["case", "t0", "data", ".ssh/authorized_keys", "out/latest/a"],
    ...["out/latest", "out/latest/x", "out/b", "out/a", "t2/a/log", "linked/x"],
  ),
);

/** `TOP` becomes the directory that holds the work base and all that must stay as it is. */
const target = fc.oneof(
  path,
  path.map((path) => `../${path}`),
  path.map((path) => `/r/${path}`),
  fc.constantFrom(
    ...["TOP/victim", "TOP/outside", "TOP", "../victim", "../outside"],
    ...["../../outside", "TOP/base/.ssh/authorized_keys", "/etc/passwd"],
    ...["..", ".", "/", "out/latest/x", "case/x", "latest"],
  ),
);

interface Entry {
  readonly name: string;
  readonly type: NonNullable<TarHeader["type"]>;
  readonly linkname: string;
}

const entry: fc.Arbitrary<Entry> = fc.record({
  name: fc.oneof(
    { weight: 8, arbitrary: path.map((path) => `./${path}`) },
    { weight: 1, arbitrary: target },
  ),
  type: fc.oneof(
    { weight: 4, arbitrary: fc.constant("file" as const) },
    { weight: 4, arbitrary: fc.constant("symlink" as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom("link", "directory", "fifo", "block-device"),
    },
  ),
  linkname: target,
});

const KINDS = ["directory", "file", "nothing", "special", "circle"] as const;

/** What the host sends for one collection: at first, and for links that are to be followed. */
const collection = fc.record({
  first: fc.array(entry, { maxLength: 8 }),
  followed: fc.array(entry, { maxLength: 4 }),
  kinds: fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 4 }),
});

type Collection = typeof collection extends fc.Arbitrary<infer T> ? T : never;

const LOGS = { required: [], optional: ["log", "err"] };

const wishes: readonly (readonly CollectRequest[])[] = [
  // Three tasks in one directory, of which only the logs come.
  [0, 1, 2].map(() => ({ dir: ".", ...LOGS })),
  ["t0", "t1", "t2"].map((dir) => ({ dir, ...LOGS })),
  [{ dir: "case", required: ["out", "log"], optional: ["log"] }],
  [{ dir: ".", required: ["out"], optional: ["log"] }],
  [{ dir: ".", required: ["*", "*/*"], optional: [] }],
  [{ dir: "t0", required: ["."], optional: [] }, { dir: "t1", ...LOGS }],
  [{ dir: ".", required: ["."], optional: [] }],
];

async function archiveOf(entries: readonly Entry[], top: string) {
  const { readable, controller } = createTarPacker();
  const fill = async () => {
    for (const { name, type, linkname } of entries) {
      const bytes = type === "file" ? new TextEncoder().encode("bad") : null;
      const there = (text: string) => text.replace("TOP", top);
      const writer = controller.add({
        ...{ type, name: there(name), linkname: there(linkname) },
        size: bytes?.length ?? 0,
      }).getWriter();
      if (bytes) await writer.write(bytes);
      await writer.close();
    }
    controller.finalize();
  };
  const [bytes] = await Promise.all([bytesOf(readable as ByteStream), fill()]);
  return bytes;
}

/** A host that says of every name that it was asked for, and of every link whatever it likes. */
function hostOf(
  { first, followed, kinds }: Collection,
  wants: number,
  top: string,
) {
  const encode = (text: string) => new TextEncoder().encode(text);
  const list = (names: readonly string[]) =>
    names.map((name) => `${name}\0`).join("");
  const names = list(first.map(({ name }) => name));
  const open: Shell["open"] = async (script) => {
    const isFollowing = script.includes("section link_targets");
    const links = [...script.matchAll(/try '?(\.\/[^'; ]*)/g)].map(([, link]) =>
      link!
    );
    const leads = links.map((link, i) => `${kinds[i % kinds.length]} ${link}`);
    const more = followed.map((entry, i) =>
      links.length === 0 ? entry : {
        ...entry,
        name: i % 2 === 0
          ? links[i % links.length]!
          : `${links[0]}/${entry.name}`,
      }
    );
    const tar = await archiveOf(isFollowing ? more : first, top);
    const parts = isFollowing
      ? [
        encode(
          `\n@@n link_targets\n${
            list(leads)
          }\n@@n directory_entries\n\n@@n raw\n`,
        ),
        ...[tar, encode("\n@@n tar_exit 0\n\n@@n raw\n")],
        ...[await archiveOf([], top), encode("\n@@n tar_exit 0\n\n@@n end\n")],
      ]
      : [
        encode("\n@@n real_root\n/r\n"),
        ...Array.from(
          { length: wants },
          (_, i) => encode(`\n@@n matches ${i}\n${names}`),
        ),
        ...[encode(`\n@@n directory_entries\n${names}\n@@n raw\n`), tar],
        encode("\n@@n tar_exit 0\n\n@@n end\n"),
      ];
    return {
      ok: true,
      value: {
        stdout: new Blob(parts).stream(),
        stderr: streamOf(new Uint8Array()),
        exit: Promise.resolve({ ok: true, value: 0 }),
      },
    };
  };
  const site = { root: "/r", key: KEY, token: "me", holderName: "here 1" };
  const shell: Shell = {
    local: false,
    open,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    shell,
    site: {
      ...site,
      guarded: "root" as const,
      commands: [],
      commandLimit_s: 60,
    },
    answers: noAnswers(),
    waits: new Set<Wait>(),
    nonce: () => "n",
    // Nothing is slow enough to be given up.
    clock: fakeClock(),
  };
}

/** The user's side: links that lead out, a secret, and files that no run made. */
function ground(): { readonly top: string; readonly base: string } {
  const top = Deno.realPathSync(Deno.makeTempDirSync());
  const base = `${top}/base`;
  for (
    const directory of [
      "outside/deep",
      "scratch",
      "base/.ssh",
      "base/out",
      "base/t0",
      "base/t1",
      "base/t2",
    ]
  ) Deno.mkdirSync(`${top}/${directory}`, { recursive: true });
  for (
    const file of [
      "victim",
      "outside/x",
      "outside/log",
      "base/.ssh/authorized_keys",
      "base/t1/log",
      "base/data",
    ]
  ) Deno.writeTextFileSync(`${top}/${file}`, `whole ${file}`);
  Deno.symlinkSync("../../outside", `${base}/out/latest`);
  Deno.symlinkSync("../../victim", `${base}/out/b`);
  Deno.symlinkSync("../outside", `${base}/linked`);
  Deno.symlinkSync("../../outside", `${base}/t2/a`);
  Deno.symlinkSync("../../victim", `${base}/t0/log`);
  // A directory of a task that the user has elsewhere.
  Deno.symlinkSync("../scratch", `${base}/case`);
  return { top, base };
}

/** All below a directory but what `skip` names: what it is, and what it holds. */
function snapshot(
  directory: string,
  skip: readonly string[] = [],
): readonly string[] {
  return [...Deno.readDirSync(directory)].flatMap(
    ({ name, isSymlink, isDirectory }) => {
      const path = `${directory}/${name}`;
      if (skip.includes(path)) return [];
      if (isSymlink) return [`${path} -> ${Deno.readLinkSync(path)}`];
      if (isDirectory) return [path, ...snapshot(path, skip)];
      return [`${path}: ${Deno.readTextFileSync(path)}`];
    },
  ).sort();
}

/** Links in the base that lead out of it, but for those that the user made. */
function linksOut(base: string, own: readonly string[]): readonly string[] {
  return snapshot(base).flatMap((line) => {
    const [path, text] = line.split(" -> ");
    if (text === undefined || own.includes(line)) return [];
    try {
      const real = Deno.realPathSync(path!);
      const own = [base, base.replace(/base$/, "scratch")];
      return own.some((directory) => `${real}/`.startsWith(`${directory}/`))
        ? []
        : [line];
    } catch {
      return text.startsWith("/") ? [line] : [];
    }
  });
}

Deno.test("Nothing that a hostile host sends in three collections is written outside, or over the user's files", async () => {
  let slowest = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(collection, { minLength: 3, maxLength: 3 }),
      fc.constantFrom(...wishes),
      async (collections, wanted) => {
        const { top, base } = ground();
        const isAll = wanted.some(({ dir, required }) =>
          dir === "." && required.some((pattern) => /^[.*]/.test(pattern))
        );
        const logOnly = wanted.every(({ required }) => required.length === 0);
        const skip = [`${top}/scratch`, base];
        const outside = snapshot(top, skip);
        const own = snapshot(base);
        const target = downloadTarget(base, ["case", "t0", "t1", "t2"]);
        for (const each of collections) {
          const host = hostOf(each, wanted.length, top);
          const began = performance.now();
          await download(host, wanted, target);
          slowest = Math.max(slowest, performance.now() - began);
          deepStrictEqual(snapshot(top, skip), outside);
          deepStrictEqual(linksOut(base, own), []);
          const now = new Set(snapshot(base));
          const gone = own.filter((line) => !now.has(line));
          // What nobody asked for by a pattern stays, whatever comes.
          if (logOnly) deepStrictEqual(gone, []);
          if (!isAll) {
            ok(!gone.some((line) => line.includes(".ssh")), `${gone}`);
          }
          ok(now.has(`${base}/case -> ../scratch`));
          deepStrictEqual(
            [...now].filter((line) => line.includes("/home-x-")),
            [],
          );
        }
        await Deno.remove(top, { recursive: true });
      },
    ),
    { numRuns: Number(Deno.env.get("DPDISP_HOSTILE_RUNS") ?? 400) },
  );
  ok(slowest < 1000, `the slowest took ${slowest} ms`);
});
