/** Every remote script there is, with the worst that may stand in it. */
import { configOf } from "./config.ts";
import { schedulers } from "../../src/schedulers/mod.ts";
import { cleanScript } from "../../src/script/clean_script.ts";
import { collectScript } from "../../src/script/collect_script.ts";
import { pollScript } from "../../src/script/poll_script.ts";
import { CONTENTS, LIST_PRESENT } from "../../src/script/compare_script.ts";
import { remoteScript } from "../../src/script/remote_script.ts";
import { stageScript } from "../../src/script/stage_script.ts";
import { submitScript } from "../../src/script/submit_script.ts";
import { inspectScript } from "../../src/script/inspect_script.ts";
import { CLOSE, RELEASE } from "../../src/script/lease_script.ts";
import { fenceScript } from "../../src/script/fence_script.ts";

const BAD = `it's "$(touch x)" \`x\` \\ \n * é -`;

export function remoteScripts(): Record<string, string> {
  const bodies: Record<string, string> = {
    survey: inspectScript(null),
    "survey of an heir": inspectScript("other"),
    stage: stageScript({
      mark: "mark",
      replaces: ["old", "older"],
      copy: "script_1.py",
      heir: null,
      squeeze: null,
    }),
    "stage anew": stageScript({
      inTheWay: [BAD],
      mark: BAD,
      replaces: [],
      copy: BAD,
      heir: BAD,
      squeeze: "gzip",
    }),
    present: LIST_PRESENT,
    contents: CONTENTS,
    "collect squeezed": collectScript([], true, "zstd"),
    fence: fenceScript([
      { job: "d1", elements: 0 },
      { job: "d2", elements: 3 },
    ]),
    collect: collectScript([
      { dir: ".", required: ["*", BAD, "."], optional: ["log"] },
      { dir: BAD, required: ["[!a]?", "-x"], optional: [] },
    ], true),
    "collect in place": collectScript([], false),
    "clean the root": cleanScript({ whole: true, background: true }),
    "clean what is ours": cleanScript({ whole: false, background: false }),
    close: CLOSE,
    release: RELEASE,
    ...Object.assign({}, ...schedulers.map(schedulerBodies)),
  };
  const site = {
    root: `~/${BAD}`,
    key: "a1-b2",
    token: "me",
    who: BAD,
    guarded: "root" as const,
    commands: [],
  };
  return Object.fromEntries(
    Object.entries(bodies).map(([name, body]) => [
      name,
      remoteScript(site, "nonce", body),
    ]),
  );
}

function schedulerBodies(
  scheduler: typeof schedulers[number],
): Record<string, string> {
  const {
    name,
    leakedVariables,
    slotGate,
    poll,
    cancel,
    account,
    findCommand,
  } = scheduler;
  const ids = ["h:b:1:2", BAD];
  const submit = scheduler.submit(configOf().resources);
  return {
    [`${name} submit`]: submitScript({
      submit,
      program: "sbatch",
      leaks: leakedVariables,
      gate: slotGate,
      slots: 4,
      running: ids,
      wait_s: 0.5,
      squeeze: "zstd",
    }),
    [`${name} poll`]: pollScript({
      queue: [poll(ids), poll(["7"])],
      account: account(ids),
      words: ["d1"],
      records: [
        { job: "d1", offset: 0 },
        { job: "d2", offset: 7 },
        { job: "d3.12", offset: 7 },
      ],
    }),
    [`${name} cancel`]: cancel(ids),
    ...findCommand !== null && { [`${name} find`]: findCommand },
  };
}
