import {
  deepStrictEqual,
  notStrictEqual,
  ok,
  strictEqual,
} from "node:assert/strict";
import { shell } from "../../src/schedulers/shell.ts";
import { HOST_NAME, SELF } from "../../src/script/process_group.ts";
import { run } from "../helpers/remote_dir.ts";
import {
  BY_PROC,
  BY_PS,
  cancel,
  isAlive,
  launch,
  nativeStateOf,
  nativeStatesOf,
  readWhenWritten,
  waitUntilEnded,
} from "../helpers/processes.ts";
import { waitUntil } from "../helpers/job_sandbox.ts";
import { toolTest } from "../helpers/tools.ts";

/** Prints the id of the given process, as a job prints its own. */
const STARTED = `pid=$1 DPDISP_HOST=$this_host:$boot
if [ -r /proc/self/stat ]; then
  DPDISP_SELF=$this_host:$boot:$pid:$(sed 's/.*) //' "/proc/$pid/stat" | cut -d ' ' -f 20)
fi
echo "${SELF.replaceAll("$$", "$pid")}"`;

const HOLD = "echo $$ >pid; exec sleep 60";

for (const [how, eyes] of [["/proc", BY_PROC], ["ps", BY_PS]] as const) {
  const check = (sentence: string, body: () => Promise<void>) =>
    toolTest(how === "ps" ? how : [], `By ${how}: ${sentence}`, body);

  check(
    "a job is running, suspended while it is stopped, and ended when it is killed",
    async () => {
      const { id, pid } = await launch(HOLD, { view: eyes });
      strictEqual(await nativeStateOf(id, eyes), "running");
      Deno.kill(pid, "SIGSTOP");
      strictEqual(await nativeStateOf(id, eyes), "stopped");
      Deno.kill(pid, "SIGCONT");
      strictEqual(await nativeStateOf(id, eyes), "running");
      Deno.kill(pid, "SIGKILL");
      await waitUntilEnded(id, eyes);
    },
  );

  check(
    "a job whose leader has ended is running while a process of its group is",
    async () => {
      const { id, pid, directory } = await launch(
        "sleep 60 & echo $! >child; disown; exit 0",
        { view: eyes },
      );
      const child = Number(await readWhenWritten(`${directory}/child`));
      await waitUntil(() => !isAlive(pid));
      strictEqual(await nativeStateOf(id, eyes), "running");
      Deno.kill(child, "SIGKILL");
      await waitUntilEnded(id, eyes);
    },
  );

  check("a group of nothing but zombies is gone", async () => {
    // Its parent has become a program that never waits for it.
    const parent = new Deno.Command("bash", {
      args: ["-c", "set -m; (sleep 0.05) & echo $!; exec sleep 60 >/dev/null"],
      stdout: "piped",
    }).spawn();
    const pid = Number(await new Response(parent.stdout).text());
    await waitUntil(() => !isAlive(pid));
    ok(/\) Z /.test(await Deno.readTextFile(`/proc/${pid}/stat`)));
    const self = eyes(`${HOST_NAME}${STARTED}`);
    const { stdout } = await run(["bash", "-c", self, "bash", `${pid}`]);
    strictEqual(await nativeStateOf(stdout.trim(), eyes), "ended");
    parent.kill("SIGKILL");
    await parent.status;
  });

  check(
    "process ids of another boot, another start and another host are not considered the job",
    async () => {
      const { id, pid } = await launch(HOLD, { view: eyes });
      const [host, boot, group, start] = id.split(":") as string[];
      const rest = id.split(":").slice(3).join(":");
      ok(start !== undefined);
      deepStrictEqual(
        await nativeStatesOf([
          id,
          `${host}:other-boot:${group}:${rest}`,
          `${host}:${boot}:${group}:${rest}9`,
          `elsewhere:${boot}:${group}:${rest}`,
          `${host}:${boot}:4194399:${rest}`,
        ], eyes),
        ["running", "ended", "ended", "other_host", "ended"],
      );
      await cancel([`${host}:${boot}:${group}:${rest}9`], {
        view: eyes,
        grace: "0",
      });
      strictEqual(await nativeStateOf(id, eyes), "running");
      Deno.kill(pid, "SIGKILL");
    },
  );

  check("cancelling ends the whole group, stopped ones too", async () => {
    const { id, pid, directory } = await launch(
      "(sleep 60 & echo $! >grandchild; wait) & echo $$ >pid; wait",
      { view: eyes },
    );
    const grandchild = Number(await readWhenWritten(`${directory}/grandchild`));
    const stopped = await launch(HOLD, { view: eyes });
    Deno.kill(stopped.pid, "SIGSTOP");
    await cancel([id, stopped.id], { view: eyes, grace: "30" });
    await waitUntilEnded(id, eyes);
    await waitUntilEnded(stopped.id, eyes);
    deepStrictEqual([isAlive(pid), isAlive(grandchild)], [false, false]);
  });

  check(
    "a group that does not end by itself is killed, and nothing waits for that",
    async () => {
      const { id, directory } = await launch(
        `trap '' TERM; echo ready >ready; while :; do sleep 0.1; done`,
        { view: eyes },
      );
      await readWhenWritten(`${directory}/ready`);
      await cancel([id], { view: eyes, grace: "0.5" });
      strictEqual(await nativeStateOf(id, eyes), "running");
      await waitUntilEnded(id, eyes);
    },
  );

  check("the job itself knows the id that was told of it", async () => {
    const { id, directory } = await launch(`echo "${eyes(SELF)}" >id`, {
      view: eyes,
    });
    strictEqual(await readWhenWritten(`${directory}/id`), id);
  });
}

Deno.test("A job keeps running without its launcher and the terminal, and does not read their input", async () => {
  const { pid, id, output, directory } = await launch(
    "cat >stdin; echo done >done; kill -HUP $$; echo lived; exec sleep 60",
    { stdin: "of the launcher" },
  );
  await waitUntil(() => output() === "lived\n");
  await readWhenWritten(`${directory}/done`);
  strictEqual(await Deno.readTextFile(`${directory}/stdin`), "");
  strictEqual(await nativeStateOf(id), "running");
  const stat = (await Deno.readTextFile(`/proc/${pid}/stat`)).replace(
    /.*\) /,
    "",
  );
  const [, parent, group, , terminal] = stat.split(" ");
  deepStrictEqual([group, terminal], [`${pid}`, "0"]);
  notStrictEqual(Number(parent), Deno.pid);
  Deno.kill(pid, "SIGKILL");
});

Deno.test("A job that ends at once has an id that is never found running", async () => {
  const { id } = await launch("exit 0");
  await waitUntilEnded(id);
});

toolTest(
  "ps",
  "The start of a process is told alike in every language and time zone",
  async () => {
    const first = "export LC_ALL=C TZ=Asia/Tokyo";
    const { id, pid } = await launch(HOLD, { view: BY_PS, first });
    strictEqual(await nativeStateOf(id, BY_PS), "running");
    Deno.kill(pid, "SIGKILL");
  },
);

toolTest(
  "strace",
  "A look at many jobs starts no more processes than a look at one",
  async () => {
    const { id, pid } = await launch(HOLD);
    const starts = async (count: number) => {
      const ids = Array.from({ length: count }, () => id);
      const trace = `${await Deno.makeTempDir()}/trace`;
      const script = `${await Deno.makeTempDir()}/poll.sh`;
      await Deno.writeTextFile(script, shell.poll(ids));
      await run([
        "strace",
        "-f",
        "-o",
        trace,
        "-e",
        "trace=fork,vfork,clone,clone3,execve",
        "sh",
        script,
      ]);
      return (await Deno.readTextFile(trace)).split("\n")
        .filter((line) => /(clone3?|fork|execve)\(/.test(line)).length;
    };
    strictEqual(await starts(100), await starts(1));
    Deno.kill(pid, "SIGKILL");
  },
);
