import {
  checksOf,
  type Examination,
  exitCodeIn,
  isInPlace,
  lastReply,
  sectionText,
  wordsOf,
} from "./section_reader.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";

const { fine, odd, bad } = checksOf("transfer");

export function toolChecks(examination: Examination): readonly DoctorCheck[] {
  return [
    tar(examination),
    bash(examination),
    ...others(examination),
    ...compression(examination),
  ];
}

function tar(examination: Examination): DoctorCheck {
  const version = sectionText(examination, "tar");
  if (version === "") {
    return bad(
      "tar",
      "not found on PATH",
      "Install GNU tar on the remote host",
    );
  }
  const unpack = lastReply(examination, "unpack");
  const pack = lastReply(examination, "pack");
  const instead =
    "Put GNU tar or bsdtar first on the PATH of scripts on the remote host";
  if (unpack && exitCodeIn(unpack) !== 0) {
    const saw = firstLine(wordsOf(unpack));
    return bad("tar", `${version} cannot unpack an upload: ${saw}`, instead);
  }
  // Where tasks run in the work base itself nothing is downloaded.
  if (pack && exitCodeIn(pack) !== 0 && !isInPlace(examination)) {
    const saw = firstLine(wordsOf(pack));
    return bad(
      "tar",
      `${version} cannot pack a list of names: ${saw}`,
      instead,
    );
  }
  return fine("tar", version);
}

function firstLine(text: string): string {
  return text.split("\n")[0]!;
}

/** The oldest bash that job scripts support. */
const OLDEST = [3, 2] as const;

function bash(examination: Examination): DoctorCheck {
  const message = sectionText(examination, "bash");
  if (message === "") {
    return bad("bash", "not found on PATH", "Install bash on the remote host");
  }
  const [, version = message, major, minor] =
    /version ((\d+)\.(\d+)\S*)/.exec(message) ?? [];
  const isOld = major !== undefined &&
    (Number(major) - OLDEST[0] || Number(minor) - OLDEST[1]) < 0;
  return isOld
    ? bad(
      "bash",
      version,
      `Job scripts need ${OLDEST.join(".")} or later: put it first on PATH`,
    )
    : fine("bash", version);
}

function others(examination: Examination): readonly DoctorCheck[] {
  const missing = sectionText(examination, "missing").split("\n").filter(
    Boolean,
  );
  return missing.length === 0 ? [] : [bad(
    "tools",
    `not found on PATH: ${missing.join(", ")}`,
    "Install them on the remote host (coreutils, findutils, grep, sed, awk)",
  )];
}

function compression(examination: Examination): readonly DoctorCheck[] {
  if (!examination.canCompress) return [];
  const names = sectionText(examination, "compressors").split("\n").filter(
    Boolean,
  );
  return [
    names.length > 0 ? fine("compression", names.join(", ")) : odd(
      "compression",
      "neither zstd nor gzip is on PATH",
      "Files are transferred uncompressed; install one of them on the remote host if the connection is slow",
    ),
  ];
}
