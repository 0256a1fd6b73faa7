/** Checks of the directory in which tasks run. */
import { unsafeAdvice, unsafeWords } from "../call_failures.ts";
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

/** The field that sets the directory. */
function fieldOf(one: Examination): string {
  return isInPlace(one) ? "machine.local_root" : "machine.remote_root";
}

const GIB = 2 ** 30;
/** Less free space than either is a warning. */
const ENOUGH = { bytes: GIB, share: 0.01 };

export function rootChecks(examination: Examination): readonly DoctorCheck[] {
  return [
    directory(examination),
    ...owner(examination),
    ...parent(examination),
    ...space(examination),
    ...inodes(examination),
  ];
}

/** Directories of an earlier run, or created before it, that are not safe. */
function owner(examination: Examination): readonly DoctorCheck[] {
  const unsafe = lastReply(examination, "notOurs");
  if (unsafe === null) return [];
  const saw = `${pathOf(examination, "notOurs")} ${
    unsafeWords(unsafe.words.slice(1))
  }`;
  return [bad("run directory", saw, unsafeAdvice)];
}

/** In a parent that everybody may write without the sticky bit, the run's directory can be replaced after its check. */
function parent(examination: Examination): readonly DoctorCheck[] {
  const mode = lastReply(examination, "parent")?.words[1] ?? "";
  if (isInPlace(examination) || !/^d.{7}w[^tT]/.test(mode)) {
    return [];
  }
  return [
    odd(
      "sharing",
      `${
        pathOf(examination, "parent")
      } is writable by everybody and has no sticky bit: another user could replace the run's directory`,
      "`chmod +t` it, or set a remote_root that only you can write",
    ),
  ];
}

function directory(examination: Examination): DoctorCheck {
  const name = isInPlace(examination) ? "work base" : "remote root";
  const root = pathOf(examination, "root");
  const near = pathOf(examination, "near");
  const kind = lastReply(examination, "near")?.words[1];
  if (kind !== "directory") {
    const what = kind === "link" ? "a dangling symlink" : "not a directory";
    return bad(
      name,
      `${root}: ${near} is ${what}`,
      `Remove it, or set another ${fieldOf(examination)}`,
    );
  }
  const scratch = lastReply(examination, "scratch");
  if (scratch === null || exitCodeIn(scratch) !== 0) {
    return bad(
      name,
      `${root}: cannot write in ${near}: ${scratch ? wordsOf(scratch) : "?"}`,
      `Set ${
        fieldOf(examination)
      } to a directory that you can write, with free space and quota`,
    );
  }
  const link = lastReply(examination, "link");
  if (exitCodeIn(link) !== 0) {
    return bad(
      name,
      `${root}: cannot create symlinks in ${near}: ${
        link ? wordsOf(link) : "?"
      }`,
      `Symlinks lock jobs, so that each runs once; set ${
        fieldOf(examination)
      } to a file system that supports them`,
    );
  }
  return fine(
    name,
    near === root ? root : `${root}, will be created in ${near}`,
  );
}

/** The path may end in a space. */
function pathOf(examination: Examination, name: string): string {
  return lastReply(examination, name)?.text.replace(/\n$/, "") ?? "";
}

function space(examination: Examination): readonly DoctorCheck[] {
  const row = lastRow(sectionText(examination, "space"));
  if (row === null) return [];
  const [total, free] = [1024 * row.total, 1024 * row.free];
  const saw = `${inGib(free)} GiB free of ${inGib(total)}`;
  return [
    free < ENOUGH.bytes || free < ENOUGH.share * total
      ? odd(
        "space",
        saw,
        `Free space there, or set another ${fieldOf(examination)}`,
      )
      : fine("space", saw),
  ];
}

/** Some file systems have no inode count. */
function inodes(examination: Examination): readonly DoctorCheck[] {
  const row = lastRow(sectionText(examination, "inodes"));
  if (row === null || row.total === 0) return [];
  const saw = `${row.free} inodes free`;
  return [
    row.free < ENOUGH.share * row.total
      ? odd(
        "files",
        saw,
        `Remove files there, or set another ${fieldOf(examination)}`,
      )
      : fine("files", saw),
  ];
}

/** `df -P`: file system, total, used, available, used in percent, where it is mounted. */
function lastRow(
  table: string,
): { readonly total: number; readonly free: number } | null {
  const row = table.match(/\s(\d+)\s+\d+\s+(-?\d+)\s+\d+%\s+\/[^]*$/);
  return row && { total: Number(row[1]), free: Number(row[2]) };
}

function inGib(bytes: number): string {
  return (Math.max(0, bytes) / GIB).toFixed(1);
}
