/** A job's memory in the form that the cluster's version of LSF accepts. */
import type { Resources } from "../../model/config.ts";
import type { ShellText } from "../../script/shell_text.ts";

const OWN_LIMIT = /^#BSUB\s(?:.*\s)?-M\s/;

/**
 * What is reserved on each host, and the limit that ends the job, which counts
 * the processes of all its hosts: "-M" of bsub, LSB_JOB_MEMLIMIT of lsf.conf.
 * `/host` is understood since 10.1.0.9, units since 10.1.0.2 (release notes).
 */
export function memoryLines(
  { memoryMib, nodes, flags }: Resources,
): readonly string[] {
  if (memoryMib === null) return [];
  return [
    `#BSUB -R 'rusage[mem=${memoryMib}MB/host]'`,
    ...(flags.some((flag) => OWN_LIMIT.test(flag))
      ? []
      : [`#BSUB -M ${memoryMib * nodes}MB`]),
  ];
}

/**
 * Prints sed commands that rewrite these lines for an older version, or for a
 * relative of LSF: `bsub -V` prints "IBM Spectrum LSF Standard 10.1.0.9, …" on
 * stderr. Without a unit, a number has the unit LSF_UNIT_FOR_LIMITS of lsf.conf,
 * which `badmin showconf` prints; else MB in `rusage` and KB after `-M`.
 */
export function memoryEdit(
  { memoryMib, nodes }: Resources,
): ShellText | null {
  if (memoryMib === null) return null;
  const limitMib = memoryMib * nodes;
  return `level=$(bsub -V 2>&1 | sed -n 's/.*LSF[A-Za-z ]* \\([0-9][0-9.]*\\).*/\\1.0.0.0/p' | awk -F. '{ print (($1 * 100 + $2) * 100 + $3) * 100 + $4; exit }')
level=\${level:-0}
if [ "$level" -lt 10010002 ]; then
  unit_in() { sed -n 's/^ *LSF_UNIT_FOR_LIMITS *= *"*\\([A-Za-z]\\).*/\\1/p' | tail -n 1; }
  unit=$(badmin showconf mbd all 2>/dev/null | unit_in)
  [ -n "$unit" ] || unit=$(unit_in 2>/dev/null <"\${LSF_ENVDIR:-/etc}/lsf.conf")
  case $unit in
    [Kk]) reserved=${memoryMib * 1024} limit=${limitMib * 1024} ;;
    [Mm]) reserved=${memoryMib} limit=${limitMib} ;;
    [Gg]) reserved=${inUnits(memoryMib, 1024)} limit=${
    inUnits(limitMib, 1024)
  } ;;
    [A-Za-z]) reserved=${inUnits(memoryMib, 1024 ** 2)} limit=${
    inUnits(limitMib, 1024 ** 2)
  } ;;
    *) reserved=${memoryMib} limit=${limitMib * 1024} ;;
  esac
  printf '%s\\n' "s|^#BSUB -R 'rusage.mem=${memoryMib}MB/host]'\\$|#BSUB -R 'rusage[mem=$reserved]'|" "s|^#BSUB -M ${limitMib}MB\\$|#BSUB -M $limit|"
elif [ "$level" -lt 10010009 ]; then
  printf '%s\\n' "s|^#BSUB -R 'rusage.mem=${memoryMib}MB/host]'\\$|#BSUB -R 'rusage[mem=${memoryMib}MB]'|"
fi`;
}

/** Whole units, rounded up. */
function inUnits(mib: number, unitMib: number): number {
  return Math.ceil(mib / unitMib);
}
