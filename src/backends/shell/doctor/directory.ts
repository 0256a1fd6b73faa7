/** The folder that tasks run in. */
import { unsafeAdvice, unsafeWords } from "../call_remote.ts";
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

/** Which field says where the folder is. */
function fieldOf(one: Examination): string {
  return isInPlace(one) ? "machine.local_root" : "machine.remote_root";
}

const GIB = 2 ** 30;
/** Less than either is too little to begin with. */
const ENOUGH = { bytes: GIB, share: 0.01 };

export function rootChecks(one: Examination): readonly DoctorCheck[] {
  return [
    folder(one),
    ...owner(one),
    ...parent(one),
    ...space(one),
    ...inodes(one),
  ];
}

/** Whose directories of an earlier run, or made before it, stand there. */
function owner(one: Examination): readonly DoctorCheck[] {
  const unsafe = saidOf(one, "notOurs");
  if (unsafe === null) return [];
  const saw = `${pathOf(one, "notOurs")} ${unsafeWords(unsafe.words.slice(1))}`;
  return [bad("run directory", saw, unsafeAdvice)];
}

/** Where anybody may rename what others made, no check of a run's directory lasts. */
function parent(one: Examination): readonly DoctorCheck[] {
  const mode = saidOf(one, "parent")?.words[1] ?? "";
  if (isInPlace(one) || !/^d.{7}w[^tT]/.test(mode)) return [];
  return [
    odd(
      "sharing",
      `${
        pathOf(one, "parent")
      } can be written by everybody and has no sticky bit: another user could put a directory in place of the run's`,
      "`chmod +t` it, or set a remote_root that only you can write",
    ),
  ];
}

function folder(one: Examination): DoctorCheck {
  const name = isInPlace(one) ? "work base" : "remote root";
  const root = pathOf(one, "root");
  const near = pathOf(one, "near");
  const kind = saidOf(one, "near")?.words[1];
  if (kind !== "folder") {
    const what = kind === "link" ? "a link that leads nowhere" : "no folder";
    return bad(
      name,
      `${root}: ${near} is ${what}`,
      `Remove it, or set another ${fieldOf(one)}`,
    );
  }
  const scratch = saidOf(one, "scratch");
  if (scratch === null || codeOf(scratch) !== 0) {
    return bad(
      name,
      `${root}: cannot write in ${near}: ${scratch ? wordsOf(scratch) : "?"}`,
      `Set ${
        fieldOf(one)
      } to a folder that you may write in, with room left for you`,
    );
  }
  const link = saidOf(one, "link");
  if (codeOf(link) !== 0) {
    return bad(
      name,
      `${root}: symlinks cannot be made in ${near}: ${
        link ? wordsOf(link) : "?"
      }`,
      `Jobs are locked by symlinks, so that each runs once; set ${
        fieldOf(one)
      } to a file system that has them`,
    );
  }
  return fine(name, near === root ? root : `${root}, to be made in ${near}`);
}

/** A folder's name may end in a blank. */
function pathOf(one: Examination, name: string): string {
  return saidOf(one, name)?.text.replace(/\n$/, "") ?? "";
}

function space(one: Examination): readonly DoctorCheck[] {
  const row = lastRow(textOf(one, "space"));
  if (row === null) return [];
  const [total, free] = [1024 * row.total, 1024 * row.free];
  const saw = `${inGib(free)} GiB free of ${inGib(total)}`;
  return [
    free < ENOUGH.bytes || free < ENOUGH.share * total
      ? odd("space", saw, `Make room there, or set another ${fieldOf(one)}`)
      : fine("space", saw),
  ];
}

/** Some file systems have no number of them. */
function inodes(one: Examination): readonly DoctorCheck[] {
  const row = lastRow(textOf(one, "inodes"));
  if (row === null || row.total === 0) return [];
  const saw = `${row.free} more files fit`;
  return [
    row.free < ENOUGH.share * row.total
      ? odd(
        "files",
        saw,
        `Remove files there, or set another ${fieldOf(one)}`,
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
