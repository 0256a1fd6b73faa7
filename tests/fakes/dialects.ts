import type { System } from "./fake.ts";

/** The commands and messages of a system. `{}` in a command is an id. */
export interface Dialect {
  readonly submit: string;
  readonly option: string;
  readonly queueOption: string;
  readonly list: string;
  readonly listEnded: string;
  readonly cancel: string;
  readonly id: (number: number) => string;
  readonly accepted: (number: number) => string;
  readonly words: {
    readonly queued: string;
    readonly running: string;
    readonly done: string;
    readonly cancelled: string;
  };
  readonly absent: RegExp;
  readonly noOption: readonly [code: number, text: RegExp];
  readonly noQueue: readonly [code: number, text: RegExp];
  readonly unreachable: readonly [code: number, text: RegExp];
  readonly variable: string;
}

const lsf: Dialect = {
  submit: "bsub <",
  option: "-J",
  queueOption: "-q",
  list: "bjobs {}",
  listEnded: "bjobs {}",
  cancel: "bkill {}",
  id: String,
  accepted: (number) =>
    `Job <${number}> is submitted to default queue <normal>.\n`,
  words: { queued: "PEND", running: "RUN", done: "DONE", cancelled: "EXIT" },
  absent: /^Job <1> is not found$/m,
  noOption: [255, /Illegal option. Job not submitted\.\nUsage: bsub/],
  noQueue: [255, /^nosuch: No such queue\. Job not submitted\.\n$/],
  unreachable: [255, /^Failed in an LSF library call: /],
  variable: "LSB_JOBID",
};

export const dialects: Readonly<Record<System, Dialect>> = {
  pbs: {
    submit: "qsub",
    option: "-N",
    queueOption: "-q",
    list: "qstat {}",
    listEnded: "qstat -x {}",
    cancel: "qdel {}",
    id: (number) => `${number}.server`,
    accepted: (number) => `${number}.server\n`,
    words: { queued: "Q", running: "R", done: "F", cancelled: "F" },
    absent: /^qstat: Unknown Job Id 1\.server$/m,
    noOption: [2, /^qsub: invalid option -- '\?'\nusage: qsub/],
    noQueue: [170, /^qsub: Unknown queue\n$/],
    unreachable: [255, /^qstat: cannot connect to server server \(errno=/m],
    variable: "PBS_JOBID",
  },
  torque: {
    submit: "qsub",
    option: "-N",
    queueOption: "-q",
    list: "qstat {}",
    listEnded: "qstat {}",
    cancel: "qdel {}",
    id: (number) => `${number}.server`,
    accepted: (number) => `${number}.server\n`,
    words: { queued: "Q", running: "R", done: "C", cancelled: "C" },
    absent: /^qstat: Unknown Job Id Error 1\.server$/m,
    noOption: [2, /^qsub: invalid option -- '\?'\n\[exiting\]\n\nusage: qsub/],
    noQueue: [
      172,
      /^qsub: submit error \(Unknown queue MSG=requested queue not found\)\n$/,
    ],
    unreachable: [111, /^qstat: cannot connect to server server \(errno=/m],
    variable: "PBS_JOBID",
  },
  lsf,
  jh: {
    ...lsf,
    submit: "jsub <",
    list: "jjobs {}",
    listEnded: "jjobs {}",
    cancel: "jctrl kill {}",
    noOption: [255, /Illegal option. Job not submitted\.\nusage: jsub/],
    unreachable: [255, /^batch daemon not responding/],
    variable: "JH_JOBID",
  },
  fugaku: {
    submit: "pjsub",
    option: "-N",
    queueOption: "-L rscgrp=",
    list: "pjstat {}",
    listEnded: "pjstat -H {}",
    cancel: "pjdel {}",
    id: String,
    accepted: (number) => `[INFO] PJM 0000 pjsub Job ${number} submitted.\n`,
    words: { queued: "QUE", running: "RUN", done: "EXT", cancelled: "CCL" },
    // The heading alone.
    absent: /^JOB_ID.*\n$/,
    noOption: [
      1,
      /^\[ERR\.\] PJM 0001 pjsub Unknown option or no option argument/,
    ],
    noQueue: [1, /^\[ERR\.\] PJM 0058 pjsub rscgrp=nosuch does not exist/],
    unreachable: [1, /^\[ERR\.\] PJM 0290 pjstat/],
    variable: "PJM_JOBID",
  },
};
