import { checksOf, type Examination, textOf } from "./section_reader.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";

const { fine, odd } = checksOf("connection");

export function machineChecks(one: Examination): readonly DoctorCheck[] {
  return [answered(one), shells(one), ...banner(one), clock(one), ...cpus(one)];
}

function answered(one: Examination): DoctorCheck {
  const who = `${textOf(one, "user") || "?"} on ${textOf(one, "host")}`;
  const system = textOf(one, "system");
  const seconds = `${(one.took / 1000).toFixed(1)} s`;
  return one.local
    ? fine("machine", `this one, ${who}, ${system}`)
    : fine("login", `${who}, ${system}; in after ${seconds}`);
}

function shells(one: Examination): DoctorCheck {
  const login = textOf(one, "shell") || "unknown";
  return fine("shell", `${login}; scripts run in ${textOf(one, "sh") || "sh"}`);
}

function banner({ banner }: Examination): readonly DoctorCheck[] {
  const line = banner.trim().split("\n")[0]!.trim();
  if (line === "") return [];
  const shown = line.length > 40 ? `${line.slice(0, 40)}…` : line;
  const saw = `${JSON.stringify(shown)} comes before what scripts say`;
  return [fine("banner", `${saw}; it does no harm`)];
}

/** Above this, files that were made here look as if they came from the future, or from long ago. */
const TOLERATED_MS = 60_000;

function clock({ ahead }: Examination): DoctorCheck {
  if (ahead === null) {
    return odd(
      "clock",
      "it does not tell the time by `date +%s`",
      "Times in the report may be wrong; nothing else depends on it",
    );
  }
  const off = Math.abs(ahead);
  const seconds = Math.round(off / 1000);
  const way = ahead > 0 ? "ahead of" : "behind";
  const saw = off < 2000 ? "as here" : `${seconds} s ${way} this machine's`;
  return off <= TOLERATED_MS ? fine("clock", saw) : odd(
    "clock",
    saw,
    "dpdisp never compares the two clocks, but tools that look at the age of files may be misled; have both set by NTP",
  );
}

/** Where no batch system has its own idea of it. */
function cpus(one: Examination): readonly DoctorCheck[] {
  if (one.scheduler.limits.defaultMaxJobs !== "cpus") return [];
  const count = Number(textOf(one, "cpus"));
  const { cpusPerNode } = one.plan.config.resources;
  if (!count) {
    return [odd(
      "cpus",
      "nobody says how many there are",
      "Set machine.max_jobs; without it one job runs at a time",
    )];
  }
  return [
    count >= cpusPerNode ? fine("cpus", `${count}`) : odd(
      "cpus",
      `${count}; a job asks for ${cpusPerNode}`,
      "Jobs run one at a time and share what there is; lower resources.cpu_per_node, or use a larger machine",
    ),
  ];
}
