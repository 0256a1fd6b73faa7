import { deepStrictEqual } from "node:assert/strict";
import { PRESENT, readPresent } from "../../src/script/present_script.ts";
import { farSide } from "../helpers/far_side.ts";

Deno.test("Size, time and executability of what is there are told, of other names nothing", async () => {
  await using side = farSide();
  const put = async (name: string, text: string, mode: number) => {
    await Deno.writeTextFile(`${side.root}/${name}`, text, { mode });
    await Deno.utime(`${side.root}/${name}`, 1_000_000, 1_000_000);
  };
  await put("a b", "abc", 0o644);
  await put("-rf", "", 0o755);
  await Deno.symlink("a b", `${side.root}/link`);
  const names = ["./a b", "./-rf", "./gone", "./link"];
  const stdin = new TextEncoder().encode(names.map((n) => `${n}\0`).join(""));
  const told = await side.tryAsk(PRESENT, "me", stdin);
  if (!told.ok) throw new Error(told.error.saw);
  const text = told.value.find(({ words }) => words[0] === "present")!.text;
  const present = readPresent(text);
  const modified = 1_000_000;
  deepStrictEqual(present.get("./a b"), {
    ...{ bytes: 3, modified, executable: false },
  });
  deepStrictEqual(present.get("./-rf"), {
    ...{ bytes: 0, modified, executable: true },
  });
  deepStrictEqual(present.has("./gone"), false);
  // A link is not the file that it leads to: its own size is that of a name.
  deepStrictEqual(present.get("./link")?.modified === modified, false);
});

Deno.test("A name with a line break is never told of rightly", () => {
  const present = readPresent("3 1000 644 ./new\nline\n4 1000 644 ./next\n");
  deepStrictEqual([...present.keys()], ["./new", "./next"]);
});
