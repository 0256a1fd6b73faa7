/** The directories of a run are renamed away for two seconds, as processes see it. */
import { strictEqual } from "node:assert/strict";
import { DPDISP, withDirectory } from "../helpers/dpdisp.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function scriptText(directory: string, context: string): string {
  return `# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "${context}"
# local_root = "./"
${
    context === "LocalContext"
      ? `# remote_root = "${directory}/far"\n`
      : ""
  }# max_jobs = 2
# retry_count = 0
# [tool.dpdispatcher.resources]
# group_size = 2
# [[tool.dpdispatcher.task_list]]
# command = "sh -c 'echo ran >>${directory}/ran; sleep 1; echo x >out' #"
# task_work_path = "t*"
# backward_files = ["out"]
# ///
`;
}

function linesOf(path: string): number {
  try {
    return Deno.readTextFileSync(path).split("\n").length - 1;
  } catch {
    return 0;
  }
}

for (
  const [context, names] of [
    ["LocalContext", ["far"]],
    ["LocalContext", ["work", "state"]],
    ["LazyLocalContext", ["work", "state"]],
  ] as const
) {
  Deno.test(`${context}: ${names.join(" and ")} away while tasks run: each runs once, all results are there`, () =>
    withDirectory(async (directory, env) => {
      for (const name of ["far", "state", "work/t1", "work/t2", "work/t3"]) {
        await Deno.mkdir(`${directory}/${name}`, { recursive: true });
      }
      const script = `${directory}/work/script.py`;
      await Deno.writeTextFile(script, scriptText(directory, context));
      const [program, ...args] = DPDISP;
      const running = new Deno.Command(program!, {
        args: [...args, "run", script],
        cwd: `${directory}/work`,
        env,
        stdout: "piped",
        stderr: "piped",
      }).output();
      for (let i = 0; i < 600 && linesOf(`${directory}/ran`) < 2; i++) {
        await pause(50);
      }
      const move = (from: string, to: string) =>
        names.forEach((name) =>
          Deno.renameSync(
            `${directory}/${name}${from}`,
            `${directory}/${name}${to}`,
          )
        );
      move("", ".away");
      await pause(2_000);
      move(".away", "");
      const { code, stdout, stderr } = await running;
      const said = new TextDecoder().decode(stdout) +
        new TextDecoder().decode(stderr);
      strictEqual(code, 0, said);
      strictEqual(linesOf(`${directory}/ran`), 3, said);
      for (const task of ["t1", "t2", "t3"]) {
        strictEqual(linesOf(`${directory}/work/${task}/out`), 1, said);
      }
    }));
}
