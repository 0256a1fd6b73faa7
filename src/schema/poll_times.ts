/** Times of polling (seconds) where the user sets none. */

/** The batch systems, whose queues serve many users. */
export const BATCH_TIMES = {
  minPollSeconds: 2,
  maxPollSeconds: 30,
  missingGraceSeconds: 120,
  queueFullSeconds: 30,
} as const;

/** Shell: processes of one machine, which a poll asks at once. */
export const SHELL_TIMES: Record<keyof typeof BATCH_TIMES, number> = {
  minPollSeconds: 0.05,
  maxPollSeconds: 2,
  missingGraceSeconds: 0,
  queueFullSeconds: 5,
};
