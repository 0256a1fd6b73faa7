import type { RemoteState } from "../../src/model/backend_messages.ts";

/** The directory of the run `mmmmmmm1`, whose lease is ours and in which nothing was done. */
export const emptyRemoteState: RemoteState = {
  remoteDir: "/far",
  host: "far",
  cpus: 4,
  runId: "mmmmmmm1",
  isClosed: false,
  lease: { holder: "self" },
  isSubmitting: false,
  maxTasksPerJob: null,
  compressors: [],
  plannedJobs: [],
  submitReplies: new Map(),
  fenced: [],
  owners: new Map(),
  records: [],
};
