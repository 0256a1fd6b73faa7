/** Every remote script, with the worst text that it may contain. */
import { configOf } from "./config.ts";
import { schedulers } from "../../src/schedulers/mod.ts";
import { cleanScript } from "../../src/script/clean_script.ts";
import { collectScript } from "../../src/script/collect_script.ts";
import { commandOf } from "../../src/backends/shell/programs.ts";
import { capturedCommand, pollScript } from "../../src/script/poll_script.ts";
import {
  LIST_CHECKSUMS,
  LIST_PRESENT,
} from "../../src/script/compare_script.ts";
import { remoteScript } from "../../src/script/remote_script.ts";
import { stageScript } from "../../src/script/stage_script.ts";
import { submitScript } from "../../src/script/submit_script.ts";
import { inspectScript } from "../../src/script/inspect_script.ts";
import {
  acquireScript,
  CLOSE,
  RELEASE,
} from "../../src/script/lease_script.ts";
import { logScript } from "../../src/script/log_script.ts";
import { fenceScript } from "../../src/script/fence_script.ts";

const BAD = `it's "$(touch x)" \`x\` \\ \n * é -`;

export function remoteScripts(): Record<string, string> {
  const bodies: Record<string, string> = {
    inspect: inspectScript(),
    "acquire the lease": `${acquireScript(null)}${inspectScript()}`,
    "take the lease over": `${acquireScript(BAD)}${inspectScript()}`,
    log: logScript(BAD, 7),
    stage: stageScript({
      runId: "run1",
      closedRunIds: ["old", "older"],
      copy: "script_1.py",
      compression: null,
    }),
    "stage again": stageScript({
      inTheWay: [BAD],
      runId: BAD,
      closedRunIds: [],
      copy: BAD,
      compression: "gzip",
    }),
    present: LIST_PRESENT,
    contents: LIST_CHECKSUMS,
    "collect compressed": collectScript([], true, "zstd"),
    fence: fenceScript([
      { job: "d1", elements: 0 },
      { job: "d2", elements: 3 },
    ]),
    collect: collectScript([
      { dir: ".", required: ["*", BAD, "."], optional: ["log"] },
      { dir: BAD, required: ["[!a]?", "-x"], optional: [] },
    ], true),
    "collect in place": collectScript([], false),
    "clean the root": cleanScript({ isRootOurs: true, background: true }),
    "clean our directory": cleanScript({
      isRootOurs: false,
      background: false,
    }),
    close: CLOSE,
    release: RELEASE,
    ...Object.assign({}, ...schedulers.map(schedulerBodies)),
  };
  const site = {
    root: `~/${BAD}`,
    key: "a1-b2",
    token: "me",
    holderName: BAD,
    guarded: "root" as const,
    commands: [],
    commandLimit_s: 60,
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
  const explain = account(ids);
  const submit = scheduler.submit(configOf().resources);
  return {
    [`${name} submit`]: submitScript({
      submit,
      asked: scheduler.programs.submit ?? null,
      program: "sbatch",
      leakedVariables,
      slotGate,
      slots: 4,
      running: ids,
      waitSeconds: 0.5,
      compression: "zstd",
    }),
    [`${name} poll`]: pollScript({
      queue: [poll(ids), poll(["7"])].map((text) =>
        commandOf("poll", scheduler, text)
      ),
      account: explain === null
        ? null
        : commandOf("account", scheduler, explain),
      outputs: ["d1"],
      records: [
        { job: "d1", offset: 0 },
        { job: "d2", offset: 7 },
        { job: "d3.12", offset: 7 },
      ],
    }),
    [`${name} cancel`]: capturedCommand(
      commandOf("cancel", scheduler, cancel(ids)),
      "cancelled",
    ),
    ...findCommand !== null && {
      [`${name} find`]: capturedCommand(
        commandOf("poll", scheduler, findCommand),
        "found",
      ),
    },
  };
}
