/** Batch types and contexts: their names and other spellings. */

export interface Name {
  readonly doc: string;
  /** Other names for it, kept for old inputs. */
  readonly also?: readonly string[];
}

export type Names<N extends string> = Readonly<Record<N, Name>>;

export const contexts = {
  LazyLocalContext: {
    doc:
      "The local computer, in the task directories themselves; nothing is copied.",
  },
  LocalContext: {
    doc: "The local computer, in a remote directory below `remote_root`.",
  },
  SSHContext: { doc: "A remote host reached over SSH." },
  HDFSContext: { doc: "A Hadoop file system." },
  OpenAPIContext: {
    doc: "The Bohrium cloud through its OpenAPI, with an access key.",
  },
  BohriumContext: {
    doc: "The Bohrium cloud, with an account and password, or a ticket.",
    also: ["DpCloudServerContext", "LebesgueContext"],
  },
} as const satisfies Names<string>;

export type ContextName = keyof typeof contexts;

export const transports = {
  ssh2: { doc: "The SSH client in dpdisp." },
  openssh: { doc: "The `ssh` of the system." },
} as const satisfies Names<string>;

export const batchTypes = {
  Shell: { doc: "No batch system: processes on the remote host." },
  Slurm: { doc: "Slurm, each job a batch job." },
  SlurmJobArray: { doc: "Slurm, each job an array job." },
  PBS: { doc: "OpenPBS and PBS Professional." },
  Torque: { doc: "Torque, an older PBS." },
  SGE: { doc: "Grid Engine." },
  LSF: { doc: "IBM Spectrum LSF." },
  JH_UniScheduler: { doc: "JH UniScheduler, with LSF's commands." },
  Fugaku: { doc: "Fujitsu's Technical Computing Suite, as on Fugaku." },
  DistributedShell: { doc: "YARN's distributed shell on Hadoop." },
  Bohrium: {
    doc: "Jobs of the Bohrium cloud.",
    also: ["Lebesgue", "DpCloudServer"],
  },
  OpenAPI: { doc: "Jobs of the Bohrium cloud through its OpenAPI." },
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
