/** What a host answers instead of running scripts: that may be a fault that passes, or one that lasts. */

/** The answers of one host in one session. */
export interface HostAnswers {
  /** A script ran on it. */
  hasWorked: boolean;
  last: string;
  /** How often the last answer came in succession. */
  times: number;
}

/** Before any script has run, this many equal answers are a fault that lasts. */
const LASTING = 3;

export function noAnswers(): HostAnswers {
  return { hasWorked: false, last: "", times: 0 };
}

/** Notes an answer in place of a script's output. False: it will be the same again. */
export function mayPass(answers: HostAnswers, answer: string): boolean {
  answers.times = answers.last === answer ? answers.times + 1 : 1;
  answers.last = answer;
  return answers.hasWorked || answers.times < LASTING;
}
