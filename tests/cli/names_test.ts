/** Names and variables that are not UTF-8: passed on, or rejected with one line before anything is done. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { scriptText, withDirectory } from "../helpers/dpdisp.ts";

interface Seen {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a line of bash in a new directory with a script. */
async function seen(
  line: string,
  more: Record<string, string> = {},
): Promise<Seen> {
  const messages: Seen[] = [];
  await withDirectory(async (directory, env) => {
    await Deno.writeTextFile(`${directory}/s.py`, scriptText("print('hello')"));
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", line],
      cwd: directory,
      env: { ...env, ...more },
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    messages.push({ code, out: text(stdout), err: text(stderr) });
  });
  return messages[0]!;
}

function assertRejected({ code, out, err }: Seen, message: RegExp): void {
  strictEqual(code, 2, err);
  match(err, message);
  strictEqual(out, "");
  ok(err.split("\n").length <= 3 && !/^\s*at /m.test(err), err);
}

const IN_BYTES = `d=$'w\\xff'; mkdir "$d"; cp s.py "$d"; cd "$d"; `;

for (const command of ["check", "plan", "run", "cancel", "doctor"]) {
  Deno.test(`${command} in a directory whose path is not UTF-8 is rejected in one line`, async () => {
    assertRejected(
      await seen(`${IN_BYTES} dpdisp ${command} s.py`),
      /^error: Cannot run dpdisp: the path of the current directory is not UTF-8: "\/.*\/w\\xff"\n/,
    );
  });
}

Deno.test("in place the work base may be a symlink to a directory whose path is not UTF-8", async () => {
  const { code, out, err } = await seen(
    `mkdir $'w\\xff'; ln -s $'w\\xff' link; sed -i 's|^# local_root.*|# local_root = "./link"|' s.py
dpdisp run s.py && cat link/log`,
  );
  deepStrictEqual([code, out], [0, "hello\n"], err);
});

Deno.test("commands that need no file work in a directory whose path is not UTF-8", async () => {
  for (
    const command of [
      "--version",
      "--help",
      "explain group_size",
      "schema event",
    ]
  ) {
    const { code, err } = await seen(`${IN_BYTES} dpdisp ${command}`);
    deepStrictEqual([code, err], [0, ""], command);
  }
});

Deno.test("a home directory whose path is not UTF-8 is rejected only where something would be stored in it", async () => {
  const cache = {
    DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
  };
  const home = `export HOME=$PWD/$'h\\xff'; mkdir "$HOME"; `;
  assertRejected(
    await seen(`${home} unset XDG_STATE_HOME; dpdisp run s.py`, cache),
    /: HOME is not UTF-8: ".*\/h\\xff"\nSet XDG_STATE_HOME/,
  );
  assertRejected(
    await seen(`export XDG_STATE_HOME=$PWD/$'s\\xff'; dpdisp run s.py`),
    /: XDG_STATE_HOME is not UTF-8: ".*\/s\\xff"\n/,
  );
  const { code, err } = await seen(`${home} dpdisp run s.py && cat log`, cache);
  strictEqual(code, 0, err);
});

Deno.test("variables that are not UTF-8 reach the tasks unchanged", async () => {
  const { code, out, err } = await seen(
    `export LC_ALL= BAD=$'a\\xffb' TERM=$'x\\xff' NO_COLOR=$'\\xff'; echo "import os; print(os.environb[b'BAD'])" >>s.py; dpdisp run -q s.py && cat log`,
  );
  strictEqual(code, 0, err);
  match(out, /b'a\\xffb'/);
});

Deno.test("a script whose name is not UTF-8 is rejected, though Deno would read another file", async () => {
  assertRejected(
    await seen(`cp s.py $'q\\xef\\xbf\\xbd.py'; dpdisp check $'q\\xff.py'`),
    /its name is not UTF-8, or contains U\+FFFD/,
  );
});

Deno.test("check reports every directory and input whose name is not UTF-8, with its line", async () => {
  const line = `mkdir $'w\\xff' $'w\\xfe' w1; touch w1/$'i\\xe8'
sed -i 's|^# task_work_path.*|# task_work_path = "w*"\\n# forward_files = ["x*"]\\n# [[tool.dpdispatcher.task_list]]\\n# command = "python3"\\n# task_work_path = "w1"\\n# forward_files = ["i*"]|' s.py
dpdisp check s.py`;
  const { code, err } = await seen(line);
  strictEqual(code, 2, err);
  deepStrictEqual(err.split("\n"), [
    `s.py:13:20  task_work_path "w*" matches "w\\xfe", "w\\xff": names that are not UTF-8 cannot be used; rename them`,
    `s.py:18:20  forward_files "i*" matches "i\\xe8": names that are not UTF-8 cannot be used; rename them (in directory "w1")`,
    "2 errors; nothing was sent",
    "",
  ]);
});

Deno.test("a remote root whose path is not UTF-8 is rejected before anything is written there", async () => {
  const line =
    `sed -i 's|"LazyLocalContext"|"LocalContext"\\n# remote_root = "~/far"|' s.py
export HOME=$PWD/$'h\\xff'; mkdir "$HOME"; dpdisp run s.py; code=$?; ls -A "$HOME"; exit $code`;
  const cache = {
    DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
  };
  const { code, out, err } = await seen(line, cache);
  strictEqual(code, 2, err);
  match(err, /its path is not UTF-8: ".*\/h\\xff\/far\//);
  strictEqual(out, "");
});
