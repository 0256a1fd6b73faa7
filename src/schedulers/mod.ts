/** Written by scripts/gen.ts from the files of this folder; do not edit. */
import { fugaku } from "./fugaku.ts";
import { jhUniScheduler } from "./jh_unischeduler.ts";
import { lsf } from "./lsf.ts";
import { pbs } from "./pbs.ts";
import { sge } from "./sge.ts";
import { shell } from "./shell.ts";
import { slurm } from "./slurm.ts";
import { slurmJobArray } from "./slurm_job_array.ts";
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
