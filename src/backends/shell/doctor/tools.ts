import {
  checksOf,
  codeOf,
  type Examination,
  isInPlace,
  saidOf,
  textOf,
  wordsOf,
} from "./section_reader.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";

const { fine, odd, bad } = checksOf("transfer");

export function toolChecks(one: Examination): readonly DoctorCheck[] {
  return [tar(one), bash(one), ...others(one), ...squeeze(one)];
}

function tar(one: Examination): DoctorCheck {
  const version = textOf(one, "tar");
  if (version === "") {
    return bad("tar", "there is none on PATH", "Have GNU tar installed there");
  }
  const unpack = saidOf(one, "unpack");
  const pack = saidOf(one, "pack");
  const instead =
    "Have GNU tar or bsdtar first on the PATH that scripts see there";
  if (unpack && codeOf(unpack) !== 0) {
    const saw = firstLine(wordsOf(unpack));
    return bad("tar", `${version} cannot unpack what is sent: ${saw}`, instead);
  }
  // Where tasks run in the user's own folder nothing is fetched.
  if (pack && codeOf(pack) !== 0 && !isInPlace(one)) {
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

/** Job scripts are for it. */
const OLDEST = [3, 2] as const;

function bash(one: Examination): DoctorCheck {
  const said = textOf(one, "bash");
  if (said === "") {
    return bad("bash", "there is none on PATH", "Have bash installed there");
  }
  const [, version = said, major, minor] =
    /version ((\d+)\.(\d+)\S*)/.exec(said) ?? [];
  const isOld = major !== undefined &&
    (Number(major) - OLDEST[0] || Number(minor) - OLDEST[1]) < 0;
  return isOld
    ? bad(
      "bash",
      version,
      `Job scripts need ${OLDEST.join(".")} or later: have it first on PATH`,
    )
    : fine("bash", version);
}

function others(one: Examination): readonly DoctorCheck[] {
  const missing = textOf(one, "missing").split("\n").filter(Boolean);
  return missing.length === 0 ? [] : [bad(
    "tools",
    `not on PATH: ${missing.join(", ")}`,
    "Have them installed there (coreutils, findutils, grep, sed, awk)",
  )];
}

function squeeze(one: Examination): readonly DoctorCheck[] {
  if (!one.compress) return [];
  const names = textOf(one, "compressors").split("\n").filter(Boolean);
  return [
    names.length > 0 ? fine("compression", names.join(", ")) : odd(
      "compression",
      "neither zstd nor gzip is on PATH",
      "Files travel as they are; have one of them installed there if the line is slow",
    ),
  ];
}
