/** Profiles and sourced files that define functions and aliases with the names of the shell's own commands. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { type JobSpec, openJobSandbox } from "../../helpers/job_sandbox.ts";
import { RUNNER } from "../../../src/script/runner/mod.ts";

/** bash: everything that can be called by name is a function and an alias that notes its call and fails. */
const HOSTILE = `shopt -s expand_aliases
note_call() { /bin/echo "$1" >>"$NOTED"; }
names=$(compgen -b; compgen -k; echo ln readlink date uname mkfifo rm rmdir mkdir awk sed ps sleep wc cat)
text=
for name in $names; do
  text="$text
builtin alias $name='note_call alias:$name;'"
done
for name in $names; do
  case $name in
    if | then | else | elif | fi | case | esac | for | select | while | until | do | done | in | function | time | '{' | '}' | '!' | '[[' | ']]' | coproc | builtin) ;;
    *) text="$text
function $name { note_call $name; /bin/false; }" ;;
  esac
done
eval "{ $text
function builtin { note_call builtin; /bin/false; }
}"
`;

/** What the command runs, in a shell that the profile has not changed. */
const script = "echo ran >>ran; exit $1";

for (
  const [place, spec] of [
    ["a profile", (_: string) => ({})],
    [
      "a sourced file",
      (file: string) => ({ sources: [file], envs: [["A", "1"]] as const }),
    ],
    ["prepend_script", (file: string) => ({ prepend: [`. ${file}`] })],
  ] as const
) {
  Deno.test(`Functions and aliases of ${place} with the names of the shell's commands change nothing for the runner`, async () => {
    await using sandbox = openJobSandbox();
    const file = `${await Deno.makeTempDir()}/hostile.sh`;
    await Deno.writeTextFile(file, HOSTILE);
    const job: JobSpec = {
      script,
      tasks: ["/bin/sh", "/bin/sh", { dir: "none", command: "/bin/sh" }],
      resources: { ...spec(file), append: ["A=2"] },
      supersedes: ["j0"],
    };
    const noted = `${sandbox.root}/noted`;
    const env = {
      NOTED: noted,
      ...place === "a profile" && { BASH_ENV: file },
    };
    const first = await sandbox.run(job, env);
    // What the user's own files call is the user's: only the runner's calls count.
    strictEqual(sandbox.read("noted"), "", first.stderr);
    deepStrictEqual(sandbox.records("j1"), [
      "jobStarted 7",
      "taskStarted t0",
      "taskExited t0 0",
      "taskStarted t1",
      "taskExited t1 0",
      "taskStarted t2",
      "taskExited t2 1",
      "jobEnded 1",
    ], first.stderr);
    strictEqual(sandbox.read("ran"), "ran\nran\n");
    strictEqual(first.code, 1);
    strictEqual(
      sandbox.read(".dpdisp/0123abcd-4567cdef/superseded/j0"),
      "j1\n",
    );
    await sandbox.run(job, env);
    strictEqual(sandbox.read("ran"), "ran\nran\n");
    strictEqual(sandbox.read("noted"), "");
    await Deno.remove(file.slice(0, file.lastIndexOf("/")), {
      recursive: true,
    });
  });
}

Deno.test("The user's own functions and aliases hold for the tasks", async () => {
  await using sandbox = openJobSandbox();
  const file = `${sandbox.root}/profile`;
  await Deno.writeTextFile(
    file,
    "shopt -s expand_aliases\nalias say='echo said'\ncd() { builtin cd \"$@\" && echo moved; }\n",
  );
  await sandbox.run({ tasks: ["say; cd /; shopt inherit_errexit #"] }, {
    BASH_ENV: file,
  });
  strictEqual(sandbox.read("log"), "said\nmoved\ninherit_errexit\toff\n");
});

Deno.test("The runner calls each of bash's commands by a word that no profile can replace", async () => {
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", "compgen -b"],
  }).output();
  const own =
    "unset builtin command local eval exec exit export return set shift trap . : break continue source"
      .split(" ");
  const names = new TextDecoder().decode(stdout).trim().split("\n")
    .filter((name) => !own.includes(name));
  const code = RUNNER.replaceAll(/^ *#.*$/gm, "").replaceAll(
    /'[^'\n]*'|\beval '[^']*'/g,
    "",
  );
  const called = names.filter((name) =>
    new RegExp(
      `(?:^|[;&|({!]|then|do|else|\\$\\()\\s*${RegExp.escape(name)} `,
      "m",
    ).test(code)
  );
  deepStrictEqual(called, []);
});
