/** What OpenPBS 23.06.06 and Torque 6.1.3 were seen to reply, in every recorded situation. */
import type { Cases } from "../../helpers/check_scheduler.ts";
import { transcript, transcriptNames } from "../../helpers/transcript.ts";
import type { ExitReason } from "../../../src/model/exit_reason.ts";

type Entry = Cases["listings"][number][2]["known"][string];

/** Transcripts of a program at a version, by their situation. */
function seen(program: string, version: string): ReadonlyMap<string, string> {
  const prefix = `${program}-${version}-`;
  return new Map(
    transcriptNames().filter((name) => name.startsWith(prefix))
      .map((name) => [name.slice(prefix.length), name]),
  );
}

/** Each reply to a submit; its situation begins with what it means. */
export function seenAnswers(version: string): Cases["submits"] {
  return [...seen("qsub", version)].map(([situation, name]) => {
    const reply = transcript(name);
    return [`was seen: ${situation}`, reply, meaningOf(situation, reply)];
  });
}

const MEANINGS = {
  refused: "rejected",
  full: "queueFull",
  stopped: "unreachable",
  // The command was ended after 20 s.
  paused: "unconfirmed",
} as const;

function meaningOf(
  situation: string,
  { stdout }: { readonly stdout: string },
): Cases["submits"][number][2] {
  const [word = ""] = situation.split("-");
  return word in MEANINGS
    ? MEANINGS[word as keyof typeof MEANINGS]
    : { id: stdout.trim() };
}

/** The entry of the only job in a listing; null: it lists no job. False: nothing is known. */
type Expected = Entry | Readonly<Record<string, Entry>> | null | false;

/** Situations of `qstat -f` and what is read in them. */
export function seenListings(
  version: string,
  expected: Readonly<Record<string, Expected>>,
): Cases["listings"] {
  const files = seen("qstat", version);
  return Object.entries(expected).map(([situation, entry]) => {
    const reply = transcript(files.get(situation) ?? situation);
    const id = reply.stdout.match(/^Job Id: (.*)$/m)?.[1];
    const known = !entry
      ? {}
      : "nativeState" in entry
      ? { [id!]: entry as Entry }
      : entry;
    const complete = entry !== false;
    return [`was seen: ${situation}`, reply, { known, complete }];
  });
}

/** Situations of ended jobs and their exit reasons. */
export function seenEnds(
  version: string,
  expected: Readonly<Record<string, ExitReason>>,
): Cases["exitReasons"] {
  const files = seen("qstat", version);
  return Object.entries(expected).map(([situation, reason]) => {
    const reply = transcript(files.get(situation) ?? situation);
    const id = reply.stdout.match(/^Job Id: (.*)$/m)![1]!;
    return [`what was seen: ${situation}`, reply, { [id]: reason }];
  });
}
