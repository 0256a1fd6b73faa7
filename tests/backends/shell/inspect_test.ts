import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Backend } from "../../../src/backends/backend.ts";
import { shellBackend } from "../../../src/backends/shell/mod.ts";
import { localShell } from "../../../src/contexts/local/mod.ts";
import type { RemoteState } from "../../../src/model/backend_messages.ts";
import { shell as scheduler } from "../../../src/schedulers/shell.ts";
import { slurmJobArray } from "../../../src/schedulers/slurm/job_array.ts";
import type { Scheduler } from "../../../src/schedulers/scheduler.ts";
import type { Result } from "../../../src/text/result.ts";
import { fakeEnvironment } from "../../helpers/environment.ts";
import { openRemoteHost, type RemoteHost } from "../../helpers/remote_dir.ts";
import { leaseHolder, planFor } from "../../helpers/submission.ts";

/** The backend of a session on that host, and how many scripts it has run there. */
function backendOn(
  { root }: RemoteHost,
  token = "me",
  given: { readonly scheduler?: Scheduler; readonly first?: string } = {},
): { readonly backend: Backend; readonly trips: () => number } {
  const local = localShell(null);
  const count = { trips: 0 };
  const backend = shellBackend({
    plan: planFor({ root, base: "/tmp" }),
    session: leaseHolder(token),
    shell: {
      ...local,
      open(script, io) {
        count.trips++;
        return local.open((given.first ?? "") + script, io);
      },
    },
    scheduler: given.scheduler ?? scheduler,
    canCompress: true,
    environment: fakeEnvironment({
      random: () => crypto.randomUUID().slice(0, 8),
    }),
  });
  return { backend, trips: () => count.trips };
}

function good<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** Everything about the files in a directory that writing could change. */
function snapshot(directory: string): readonly string[] {
  return [...Deno.readDirSync(directory)].flatMap(
    ({ name, isDirectory, isSymlink }) => {
      const path = `${directory}/${name}`;
      const { mode, mtime, ctime, size, ino } = Deno.lstatSync(path);
      const text = isSymlink
        ? Deno.readLinkSync(path)
        : isDirectory
        ? ""
        : Deno.readTextFileSync(path);
      const line = [path, mode, mtime?.getTime(), ctime?.getTime(), size, ino];
      return [
        [...line, text].join(" "),
        ...isDirectory ? snapshot(path) : [],
      ];
    },
  ).sort();
}

const above = ({ root }: RemoteHost) => root.slice(0, root.lastIndexOf("/"));

Deno.test("Inspecting writes nothing, whoever holds the lease and whatever the modes", async () => {
  const situations: Readonly<Record<string, (host: RemoteHost) => void>> = {
    "held by this process": () => {},
    "free": ({ runDir: directory }) => Deno.removeSync(`${directory}/lease`),
    "held by another": ({ runDir: directory }) => {
      Deno.removeSync(`${directory}/lease`);
      Deno.symlinkSync("lease.other", `${directory}/lease`);
    },
    "open to others": ({ root, runDir: directory }) => {
      for (const path of [root, directory]) Deno.chmodSync(path, 0o777);
    },
  };
  for (const bare of [false, true]) {
    for (const [name, prepare] of Object.entries(situations)) {
      await using host = openRemoteHost({ bare });
      if (!bare) prepare(host);
      const before = snapshot(above(host));
      good(await backendOn(host).backend.inspect());
      deepStrictEqual(snapshot(above(host)), before, `${name}, bare: ${bare}`);
    }
  }
});

async function leaseSeen(
  host: RemoteHost,
  token: string,
): Promise<RemoteState["lease"]> {
  return good(await backendOn(host, token).backend.inspect()).lease;
}

Deno.test("An inspection says who holds the lease: nobody, this process or another", async () => {
  await using host = openRemoteHost();
  host.write("heartbeat", "..");
  deepStrictEqual(await leaseSeen(host, "me"), { holder: "self" });
  deepStrictEqual(await leaseSeen(host, "other"), {
    ...{ holder: "other", token: "me", holderName: "here 1" },
    heartbeats: 2,
  });
  await Deno.remove(`${host.runDir}/lease`);
  deepStrictEqual(await leaseSeen(host, "me"), { holder: "none" });
});

Deno.test("A process that took the lease over and ended before it wrote so holds it", async () => {
  await using host = openRemoteHost();
  await Deno.symlink("second", `${host.runDir}/next_holder.me`);
  strictEqual((await leaseSeen(host, "second")).holder, "self");
  const seen = await leaseSeen(host, "me");
  strictEqual(seen.holder === "other" && seen.token, "second");
});

Deno.test("A lease that is no link is not free", async () => {
  await using host = openRemoteHost();
  await Deno.remove(`${host.runDir}/lease`);
  host.write("lease", "");
  strictEqual((await backendOn(host).backend.inspect()).ok, false);
});

Deno.test("Taking the lease and inspecting is one trip, and shows what was there when it was taken", async () => {
  await using host = openRemoteHost();
  await Deno.remove(`${host.runDir}/lease`);
  const { backend, trips } = backendOn(host, "other");
  const taken = good(await backend.lease!.acquire(null));
  deepStrictEqual([taken.lease, taken.runId, trips()], [
    { holder: "self" },
    "run1",
    1,
  ]);
  strictEqual(await Deno.readLink(`${host.runDir}/lease`), "lease.other");
});

Deno.test("A lease is taken over from a holder that ended, from no other", async () => {
  await using host = openRemoteHost();
  const { lease } = backendOn(host, "other").backend;
  for (const from of [null, "third"]) {
    strictEqual(good(await lease!.acquire(from)).lease.holder, "other");
  }
  strictEqual(good(await lease!.acquire("me")).lease.holder, "self");
});

Deno.test("Without a directory there is no lease, and none is made", async () => {
  await using host = openRemoteHost({ bare: true });
  const { backend } = backendOn(host);
  deepStrictEqual(good(await backend.lease!.acquire(null)).lease, {
    holder: "none",
  });
  deepStrictEqual(snapshot(above(host)), []);
  good(await backend.lease!.release());
});

Deno.test("A directory that others may have prepared is refused before its lease is taken", async () => {
  await using host = openRemoteHost();
  await Deno.remove(`${host.runDir}/lease`);
  await Deno.chmod(host.runDir, 0o777);
  const refused = await backendOn(host).backend.lease!.acquire(null);
  ok(!refused.ok && /writable by other users/.test(refused.error.detail));
  deepStrictEqual(
    snapshot(host.runDir).filter((line) => line.endsWith("lease.me")),
    [],
  );
});

Deno.test("How many tasks a job may have follows from the limit of array elements", async () => {
  await using host = openRemoteHost();
  const printing = (capacity: string | null) => ({
    scheduler: {
      ...slurmJobArray,
      array: { ...slurmJobArray.array!, size: () => 5, capacity },
    },
  });
  const limitOf = async (given: Parameters<typeof backendOn>[2]) =>
    good(await backendOn(host, "me", given).backend.inspect()).maxTasksPerJob;
  strictEqual(await limitOf(printing("echo 'MaxArraySize = 1001'")), 5005);
  strictEqual(await limitOf(printing("false")), null);
  strictEqual(await limitOf({ scheduler }), null);
});
