import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { editConfirmation } from "../../src/cli/confirm_edit.ts";
import { formatFailure } from "../../src/text/result.ts";
import { fakeTerminal } from "../helpers/environment.ts";

const edit = { isScriptChanged: true, rerunTasks: 10, cancelledJobs: 1 };
const effect =
  "the script changed: 10 finished tasks will run again; 1 active job will be cancelled\n";

/** What was written and asked, and whether the run continues. */
async function confirm(
  flags: { yes?: true; quiet?: true; json?: true },
  answer: string | null | undefined,
  what = edit,
) {
  const fake = fakeTerminal(answer === undefined ? null : 80);
  const asked: string[] = [];
  const terminal = {
    ...fake,
    ask: (question: string) => {
      asked.push(question);
      return Promise.resolve(answer ?? null);
    },
  };
  const failure = await editConfirmation({
    isConfirmed: flags.yes ?? false,
    isQuiet: flags.quiet ?? false,
    isJson: flags.json ?? false,
    terminal,
  })(what);
  return {
    written: fake.written,
    questions: asked.length,
    failure: failure && formatFailure(failure),
  };
}

const refused =
  `the script changed: 10 finished tasks would run again; 1 active job would be cancelled
Nothing was done. To continue, add --yes; --keep-finished keeps the results of the old version`;

Deno.test("at a terminal an edit is said and asked about, and anything but yes is no", async () => {
  for (const answer of ["no", "", "yess", null]) {
    deepStrictEqual(await confirm({}, answer), {
      written: { out: "", err: effect },
      questions: 1,
      failure: refused,
    });
  }
  for (const answer of ["yes", " Y "]) {
    strictEqual((await confirm({}, answer)).failure, null);
  }
});

Deno.test("without a terminal, and with --json, an edit that takes work away is an error that names the flags", async () => {
  for (
    const found of [
      await confirm({}, undefined),
      await confirm({ json: true }, "yes"),
    ]
  ) {
    deepStrictEqual(found, {
      written: { out: "", err: "" },
      questions: 0,
      failure: refused,
    });
  }
});

Deno.test("--yes says what is done and asks nothing", async () => {
  for (const answer of [undefined, "no"]) {
    deepStrictEqual(await confirm({ yes: true }, answer), {
      written: { out: "", err: effect },
      questions: 0,
      failure: null,
    });
  }
  for (const flags of [{ quiet: true }, { json: true }] as const) {
    strictEqual((await confirm({ yes: true, ...flags }, "no")).written.err, "");
  }
});

Deno.test("only what is taken away is said", async () => {
  const input = { isScriptChanged: false, rerunTasks: 0, cancelledJobs: 2 };
  strictEqual(
    (await confirm({}, undefined, input)).failure,
    "the task list or an input changed: 2 active jobs would be cancelled\nNothing was done. To continue, add --yes",
  );
});
