/** Batch types and contexts: their names and other spellings. */

export interface Name {
  readonly doc: string;
  /** Other names for it, kept for old inputs. */
  readonly also?: readonly string[];
}

export type Names<N extends string> = Readonly<Record<N, Name>>;

export const contexts = {
  LazyLocalContext: {
    doc: "This machine, in the task folders themselves; nothing is copied.",
  },
  LocalContext: {
    doc: "This machine, in a folder of its own below `remote_root`.",
  },
  SSHContext: { doc: "A machine reached through SSH." },
  HDFSContext: { doc: "A Hadoop file system." },
  OpenAPIContext: {
    doc: "The Bohrium cloud through its open API, with an access key.",
  },
  BohriumContext: {
    doc: "The Bohrium cloud with account and password, or a ticket.",
    also: ["DpCloudServerContext", "LebesgueContext"],
  },
} as const satisfies Names<string>;

export type ContextName = keyof typeof contexts;

export const transports = {
  ssh2: { doc: "dpdisp itself." },
  openssh: { doc: "The system's own `ssh`, with all that it can do." },
} as const satisfies Names<string>;

export const batchTypes = {
  Shell: { doc: "No batch system: processes of the machine itself." },
  Slurm: { doc: "Slurm, one batch job a job." },
  SlurmJobArray: { doc: "Slurm, one array a job." },
  PBS: { doc: "OpenPBS and PBS Professional." },
  Torque: { doc: "Torque, the older relative of PBS." },
  SGE: { doc: "Grid Engine." },
  LSF: { doc: "IBM Spectrum LSF." },
  JH_UniScheduler: { doc: "JH UniScheduler, a relative of LSF." },
  Fugaku: { doc: "Fujitsu's Technical Computing Suite, as on Fugaku." },
  DistributedShell: { doc: "YARN's distributed shell on Hadoop." },
  Bohrium: {
    doc: "Jobs of the Bohrium cloud.",
    also: ["Lebesgue", "DpCloudServer"],
  },
  OpenAPI: { doc: "Jobs of the Bohrium cloud through its open API." },
} as const satisfies Names<string>;

export type BatchName = keyof typeof batchTypes;

/** Every accepted spelling of a name: as it is and in lower case, a context's also without `Context`. */
export function spellingsOf<N extends string>(
  names: Names<N>,
  name: N,
): readonly string[] {
  const whole = [name, ...(names[name].also ?? [])];
  const short = whole.map((spelling) => spelling.replace(/Context$/, ""));
  return [
    ...new Set(
      [...whole, ...short].flatMap((
        spelling,
      ) => [spelling, spelling.toLowerCase()]),
    ),
  ];
}
