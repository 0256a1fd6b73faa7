import {
  checksOf,
  codeOf,
  type Examination,
  saidOf,
  textOf,
  wordsOf,
} from "./section_reader.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";

const { fine, odd, bad } = checksOf("transfer");

export function toolChecks(one: Examination): readonly DoctorCheck[] {
  return [tar(one), bash(one), ...others(one), ...compression(one)];
}

function tar(one: Examination): DoctorCheck {
  const version = textOf(one, "tar");
  if (version === "") {
    return bad(
      "tar",
      "not found on PATH",
      "Install GNU tar on the remote host",
    );
  }
  const unpack = saidOf(one, "unpack");
  const pack = saidOf(one, "pack");
  const instead =
    "Put GNU tar or bsdtar first on the PATH of scripts on the remote host";
  if (unpack && codeOf(unpack) !== 0) {
    const saw = firstLine(wordsOf(unpack));
    return bad("tar", `${version} cannot unpack an upload: ${saw}`, instead);
  }
  // Where tasks run in the work base itself nothing is downloaded.
  if (pack && codeOf(pack) !== 0 && one.staging !== "in place") {
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

function bash(one: Examination): DoctorCheck {
  const said = textOf(one, "bash");
  if (said === "") {
    return bad("bash", "not found on PATH", "Install bash on the remote host");
  }
  const [, version = said, major, minor] =
    /version ((\d+)\.(\d+)\S*)/.exec(said) ?? [];
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

function others(one: Examination): readonly DoctorCheck[] {
  const missing = textOf(one, "missing").split("\n").filter(Boolean);
  return missing.length === 0 ? [] : [bad(
    "tools",
    `not found on PATH: ${missing.join(", ")}`,
    "Install them on the remote host (coreutils, findutils, grep, sed, awk)",
  )];
}

function compression(one: Examination): readonly DoctorCheck[] {
  if (!one.compress) return [];
  const names = textOf(one, "squeezes").split("\n").filter(Boolean);
  return [
    names.length > 0 ? fine("compression", names.join(", ")) : odd(
      "compression",
      "neither zstd nor gzip is on PATH",
      "Files are transferred uncompressed; install one of them on the remote host if the connection is slow",
    ),
  ];
}
