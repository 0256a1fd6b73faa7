import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { encodeScript, LOADER } from "../../src/contexts/shell.ts";
import { decodeName } from "../../src/text/bytes_name.ts";
import { quote } from "../../src/script/quote.ts";
import { run, shims } from "../helpers/remote_dir.ts";
import { toolOf, toolTest } from "../helpers/tools.ts";

const SCRIPT = `printf '%s\\n' 'a\\nb\\\\c %s !! "x" \`y\` $z é' "it's"
printf '%s' "$(cat)"
exit 7`;
const SAID = 'a\\nb\\\\c %s !! "x" `y` $z é\nit\'s\ndata\nof it';

for (const login of ["tcsh", "dash", "bash", "ksh", "zsh"]) {
  for (const sh of ["dash", "bash", "busybox sh", "ksh", "zsh --emulate sh"]) {
    toolTest(
      [...toolOf(login), ...toolOf(sh)],
      `A script comes through the login shell ${login} to ${sh}, its data behind it`,
      async () => {
        const path = shims({ sh: `exec ${sh} "$@"` });
        const { code, stdout } = await run([login, "-c", LOADER], {
          env: { PATH: path },
          stdin: `${decodeName(encodeScript(SCRIPT))}data\nof it`,
        });
        deepStrictEqual([code, stdout], [7, SAID]);
      },
    );
  }
}

for (const sh of ["dash", "bash", "busybox sh", "ksh", "zsh --emulate sh"]) {
  toolTest(
    toolOf(sh),
    `A name that is no UTF-8 comes through ${sh} as its bytes`,
    async () => {
      const name = decodeName(Uint8Array.from([0x72, 0xe9, 0x27, 0xff]));
      const { stdout } = await run([...sh.split(" "), "-c", LOADER], {
        stdin: encodeScript(`printf %s ${quote(name)} | od -An -tx1`),
      });
      strictEqual(stdout.trim(), "72 e9 27 ff");
    },
  );
}

toolTest(
  "tcsh",
  "A banner of csh's rc file comes before all output of the script",
  async () => {
    const home = await Deno.makeTempDir();
    await Deno.writeTextFile(`${home}/.cshrc`, 'echo "Welcome!"\n');
    const { stdout } = await run(["tcsh", "-c", LOADER], {
      env: { HOME: home },
      stdin: encodeScript("echo said"),
    });
    strictEqual(stdout, "Welcome!\nsaid\n");
  },
);

Deno.test("Of a script that was cut off nothing is run", async () => {
  const line = encodeScript("echo first\necho second\necho third");
  for (let length = 0; length < line.length; length++) {
    const { code, stdout } = await run(["sh", "-c", LOADER], {
      stdin: line.slice(0, length),
    });
    deepStrictEqual([stdout, code], ["", 75]);
  }
});

Deno.test("The loader is one line that csh does not take for history", () => {
  match(LOADER, /^[^!\n]*$/);
});
