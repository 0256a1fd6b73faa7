import { checksOf, type Examination, sectionText } from "./section_reader.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";

const { fine, odd } = checksOf("connection");

export function machineChecks(
  examination: Examination,
): readonly DoctorCheck[] {
  return [
    answered(examination),
    shells(examination),
    ...banner(examination),
    clock(examination),
    ...cpus(examination),
  ];
}

function answered(examination: Examination): DoctorCheck {
  const who = `${sectionText(examination, "user") || "?"} on ${
    sectionText(examination, "host")
  }`;
  const system = sectionText(examination, "system");
  const seconds = `${(examination.took / 1000).toFixed(1)} s`;
  return examination.local
    ? fine("host", `local, ${who}, ${system}`)
    : fine("login", `${who}, ${system}; took ${seconds}`);
}

function shells(examination: Examination): DoctorCheck {
  const login = sectionText(examination, "shell") || "unknown";
  return fine(
    "shell",
    `${login}; scripts run in ${sectionText(examination, "sh") || "sh"}`,
  );
}

function banner({ banner }: Examination): readonly DoctorCheck[] {
  const line = banner.trim().split("\n")[0]!.trim();
  if (line === "") return [];
  const shown = line.length > 40 ? `${line.slice(0, 40)}…` : line;
  const saw = `${JSON.stringify(shown)} is printed before a script's output`;
  return [fine("banner", `${saw}; harmless`)];
}

/** Above this difference, the times of uploaded files look wrong on the remote host. */
const TOLERATED_MS = 60_000;

function clock({ ahead }: Examination): DoctorCheck {
  if (ahead === null) {
    return odd(
      "clock",
      "`date +%s` does not print the time",
      "Times in the report may be wrong; nothing else depends on it",
    );
  }
  const off = Math.abs(ahead);
  const seconds = Math.round(off / 1000);
  const way = ahead > 0 ? "ahead of" : "behind";
  const saw = off < 2000
    ? "equal to the local clock"
    : `${seconds} s ${way} the local clock`;
  return off <= TOLERATED_MS ? fine("clock", saw) : odd(
    "clock",
    saw,
    "dpdisp never compares the two clocks, but tools that compare file times may; synchronize both by NTP",
  );
}

/** Only where the number of CPUs limits the jobs. */
function cpus(examination: Examination): readonly DoctorCheck[] {
  if (examination.scheduler.limits.defaultMaxJobs !== "cpus") return [];
  const count = Number(sectionText(examination, "cpus"));
  const { cpusPerNode } = examination.plan.config.resources;
  if (!count) {
    return [odd(
      "cpus",
      "the number of CPUs is unknown",
      "Set machine.max_jobs; without it one job runs at a time",
    )];
  }
  return [
    count >= cpusPerNode ? fine("cpus", `${count}`) : odd(
      "cpus",
      `${count}; a job requests ${cpusPerNode}`,
      "Jobs run one at a time on the available CPUs; lower resources.cpu_per_node, or use a larger host",
    ),
  ];
}
