/** The targets of links are sent in the same way by every shell and tar that a remote host may have. */
import { deepStrictEqual } from "node:assert/strict";
import { streamRemote } from "../../src/backends/shell/call_remote.ts";
import { nothingReceived } from "../../src/backends/files/received_files.ts";
import { unpackTar } from "../../src/backends/files/unpack_tar.ts";
import {
  collectScript,
  followScript,
} from "../../src/script/collect_script.ts";
import { decodeName } from "../../src/text/bytes_name.ts";
import { farSide, run, SHELLS, under } from "../helpers/remote_dir.ts";
import { budget } from "../helpers/incoming_dir.ts";
import { localShell } from "../../src/contexts/local/mod.ts";
import { toolTest } from "../helpers/tools.ts";

const BYTES = decodeName(Uint8Array.from([0x6c, 0xff]));

const MAKE =
  `mkdir -p t out/sub; echo 1 >out/a; ln -s a out/b; echo 2 >"out/sub/it's"
cd t; ln -s ../out folder; ln -s ../out/a file; ln -s nowhere nothing; ln -s /dev/null special; ln -s .. circle
ln -s ../out/a "$(printf 'l\\377')"; mkdir "$(printf 'd\\351')"; echo 3 >"$(printf 'd\\351/\\350')"`;

/** The reply of a script: its sections, the names in its lists, and the archive. */
async function sent(
  shell: readonly string[],
  tar: string | null,
  body: string,
) {
  await using side = farSide({ shell: under(shell, localShell(null)) });
  await run(["sh", "-c", `cd "$0" && ${MAKE}`, side.root]);
  const landing = await Deno.makeTempDir();
  const landed = nothingReceived();
  const lists: string[][] = [];
  const with_ = tar === null ? body : `tar() { ${tar} "$@"; }\n${body}`;
  for await (
    const part of streamRemote(side.far, {
      purpose: "try",
      body: with_,
      hasRaw: true,
    })
  ) {
    if (!part.ok) throw new Error(part.error.detail);
    if ("raw" in part.value) {
      await unpackTar(part.value.raw, {
        ...{ directory: landing, received: landed, budget: budget() },
        isWanted: () => true,
      });
    } else {
      const { header, text } = part.value.section;
      if (/link_targets|directory_entries|matches/.test(header[0]!)) {
        lists.push([header[0]!, ...text.split("\0").slice(0, -1).sort()]);
      }
    }
  }
  return {
    lists,
    came: [
      ...landed.files.keys(),
      ...[...landed.links].map((link) => link.join(" -> ")),
    ].sort(),
  };
}

const LINKS = ["folder", "file", "nothing", "special", "circle", BYTES];

const FOLLOWED = {
  lists: [
    [
      "link_targets",
      ...[
        "circle ./t/circle",
        `file ./t/${BYTES}`,
        "file ./t/file",
        "directory ./t/folder",
        "nothing ./t/nothing",
        "special ./t/special",
      ].sort(),
    ],
    [
      "directory_entries",
      ...["", "/a", "/b", "/sub", "/sub/it's"].map((path) =>
        `./t/folder/.${path}`
      ),
    ],
  ],
  came: [
    "t/file",
    "t/folder/a",
    "t/folder/b -> a",
    "t/folder/sub/it's",
    `t/${BYTES}`,
  ].sort(),
};

for (const shell of SHELLS) {
  Deno.test(`The targets of links are reported and sent under ${shell.join(" ")}`, async () => {
    const body = followScript(LINKS.map((name) => `t/${name}`), null);
    deepStrictEqual(await sent(shell, null, body), FOLLOWED);
  });

  Deno.test(`The contents of directories are listed under ${shell.join(" ")}, names as bytes`, async () => {
    const body = collectScript(
      [{ dir: "t", required: ["d*"], optional: [] }],
      true,
    );
    const d = decodeName(Uint8Array.from([0x64, 0xe9]));
    const file = `./t/${d}/${decodeName(Uint8Array.from([0xe8]))}`;
    deepStrictEqual(await sent(shell, null, body), {
      lists: [
        ["matches", `./t/${d}`],
        ["directory_entries", `./t/${d}`, file].sort((a, b) =>
          a === "directory_entries"
            ? -1
            : b === "directory_entries"
            ? 1
            : a < b
            ? -1
            : 1
        ),
      ],
      came: [file.slice(2)],
    });
  });
}

for (const tar of ["tar --format=posix", "tar --format=ustar", "bsdtar"]) {
  toolTest(
    tar === "bsdtar" ? ["dash", "bsdtar"] : "dash",
    `The targets of links are sent by ${tar.split(" ").at(-1)}`,
    async () => {
      const body = followScript(LINKS.map((name) => `t/${name}`), null);
      deepStrictEqual(
        await sent(["dash"], `command env ${tar}`, body),
        FOLLOWED,
      );
    },
  );
}
