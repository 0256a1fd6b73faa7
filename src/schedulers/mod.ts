/** Written by scripts/gen.ts from the files of this directory; do not edit. */
import { fugaku } from "./fugaku/mod.ts";
import { jhUniScheduler } from "./jh_unischeduler.ts";
import { lsf } from "./lsf/mod.ts";
import { pbs } from "./pbs/mod.ts";
import { sge } from "./sge/mod.ts";
import { shell } from "./shell.ts";
import { slurm } from "./slurm/mod.ts";
import { slurmJobArray } from "./slurm/job_array.ts";
import { torque } from "./torque.ts";

export const schedulers = [
  fugaku,
  jhUniScheduler,
  lsf,
  pbs,
  sge,
  shell,
  slurm,
  slurmJobArray,
  torque,
] as const;
