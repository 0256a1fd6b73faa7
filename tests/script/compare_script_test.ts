import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  LIST_CHECKSUMS,
  LIST_PRESENT,
  parseChecksums,
  parsePresent,
} from "../../src/script/compare_script.ts";
import { openRemoteHost, type RemoteHost } from "../helpers/remote_dir.ts";

async function asked(
  host: RemoteHost,
  script: string,
  names: readonly string[],
) {
  const stdin = new TextEncoder().encode(names.map((n) => `${n}\0`).join(""));
  const replies = await host.ask(script, "me", stdin);
  return (name: string) =>
    replies.find(({ header }) => header[0] === name)?.text ?? "";
}

Deno.test("Size, time and executability of existing files are printed, and nothing for other names", async () => {
  await using host = openRemoteHost();
  const put = async (name: string, text: string, mode: number) => {
    await Deno.writeTextFile(`${host.root}/${name}`, text, { mode });
    await Deno.utime(`${host.root}/${name}`, 1_000_000, 1_000_000);
  };
  await put("a b", "abc", 0o644);
  await put("-rf", "", 0o755);
  await Deno.symlink("a b", `${host.root}/link`);
  await Deno.mkdir(`${host.root}/dir`);
  host.write("staged_inputs", "a b\0");
  const names = ["./a b", "./-rf", "./gone", "./link", "./dir"];
  const text = await asked(host, LIST_PRESENT, names);
  const present = parsePresent(text("present"));
  const modified = 1_000_000;
  deepStrictEqual(present.get("./a b"), {
    ...{ bytes: 3, modified, executable: false, isDirectory: false },
  });
  deepStrictEqual(present.get("./-rf"), {
    ...{ bytes: 0, modified, executable: true, isDirectory: false },
  });
  deepStrictEqual(present.has("./gone"), false);
  deepStrictEqual(
    ["./dir", "./link"].map((name) => present.get(name)?.isDirectory),
    [true, false],
  );
  strictEqual(text("links").trim(), "./link");
  strictEqual(text("staged_inputs"), "a b\0");
});

Deno.test("Checksums are printed by name", async () => {
  await using host = openRemoteHost();
  await Deno.writeTextFile(`${host.root}/a b`, "abc");
  await Deno.writeTextFile(`${host.root}/back\\slash`, "abc");
  const names = ["./a b", "./gone", "./back\\slash"];
  const text = await asked(host, LIST_CHECKSUMS, names);
  // FIPS 180-2, appendix B.1.
  const abc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  deepStrictEqual([...parseChecksums(text("checksums"))], [["./a b", abc]]);
});

Deno.test("A name with a newline is never printed correctly", () => {
  const present = parsePresent("3 1000 81a4 ./new\nline\n4 1000 81a4 ./next\n");
  deepStrictEqual([...present.keys()], ["./new", "./next"]);
});
