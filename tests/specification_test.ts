/** The example of the specification: as it is written, with `uv run`, and with a plain Python. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Tool } from "../scripts/tools.ts";
import { DPDISP } from "./helpers/dpdisp.ts";
import { toolTest } from "./helpers/tools.ts";

const example = (command: string) =>
  `# /// script
# # dpdispatcher doesn't use \`requires-python\` and \`dependencies\`
# requires-python = ">=3"
# dependencies = [
# ]
# [tool.dpdispatcher]
# work_base = "./"
# forward_common_files=[]
# backward_common_files=[]
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# local_root = "./"
# context_type = "LazyLocalContext"
# [tool.dpdispatcher.resources]
# number_node = 1
# cpu_per_node = 1
# gpu_per_node = 0
# group_size = 0
# [[tool.dpdispatcher.task_list]]
# # no need to contain the script filename
# # \`uv run\` supports dependencies declared in the PEP-723 format
# # See: https://docs.astral.sh/uv/guides/scripts/
# command = "${command}"
# # can be a glob pattern
# task_work_path = "./"
# forward_files = []
# backward_files = ["log"]
# ///

print("hello world!")
`;

for (const command of ["python3", "uv run"]) {
  toolTest(
    command.split(" ")[0]! as Tool,
    `the specification's example with "${command}" leaves its log and nothing else`,
    async () => {
      const directory = await Deno.makeTempDir({ prefix: "dpdisp-example-" });
      const state = await Deno.makeTempDir({ prefix: "dpdisp-state-" });
      await Deno.writeTextFile(`${directory}/hello.py`, example(command));
      const { code, stderr } = await new Deno.Command(DPDISP[0]!, {
        args: [...DPDISP.slice(1), "run", "hello.py"],
        cwd: directory,
        env: { XDG_STATE_HOME: state },
      }).output();
      strictEqual(code, 0, new TextDecoder().decode(stderr));
      const left = (await Array.fromAsync(Deno.readDir(directory))).map((
        { name },
      ) => name);
      deepStrictEqual(left.sort(), ["err", "hello.py", "log"]);
      strictEqual(
        await Deno.readTextFile(`${directory}/log`),
        "hello world!\n",
      );
      // uv may say there which Python it takes; Python itself says nothing.
      if (command === "python3") {
        strictEqual(await Deno.readTextFile(`${directory}/err`), "");
      }
      for (const path of [directory, state]) {
        await Deno.remove(path, { recursive: true });
      }
    },
  );
}
