/** The lease: which dpdisp process may submit, cancel and clean. */
import type { ShellText } from "./shell_text.ts";
import { quote } from "./quote.ts";

/**
 * `set_holder` sets `holder` to the token of the process that holds the lease;
 * it fails where nobody does. A process that took over from `HOLDER` is in the
 * link `next_holder.HOLDER`; it holds the lease even if it ended before `lease`
 * named it. Tokens are in links, because a file may be empty after a loss of
 * power.
 */
export const FOLLOW_LEASE: ShellText = `
set_holder() {
  holder=$(readlink "$D/lease" 2>/dev/null) || return 1
  holder=\${holder#lease.}
  while next=$(readlink "$D/next_holder.$holder" 2>/dev/null); do holder=$next; done
}
`;

/**
 * `claim_lease` takes the lease where it is free, is held by this process
 * already, or is held by a process that is known to have ended
 * (`leaseToTakeOver`, its token). Only one process can take over from a holder:
 * the one that makes the link `next_holder.HOLDER`. Where another process holds
 * the lease, `holder` is its token. Where nothing can be written, that is a
 * failure, not another holder.
 */
export function claimLease(leaseToTakeOver: string | null): ShellText {
  return `${FOLLOW_LEASE}
claim_lease() {
  has_lease && return 0
  # Not printf: that of some shells does not report that the disk is full.
  cat >"$D/lease.$T" <<LEASE || { rm -f "$D/lease.$T"; finish failed; }
$T
$who
LEASE
  ln -s "lease.$T" "$D/lease" 2>/dev/null && return 0
  ended=${quote(leaseToTakeOver ?? "")}
  set_holder || {
    ln -s "lease.$T" "$D/lease" && return 0
    finish failed
  }
  if [ -n "$ended" ] && [ "$holder" = "$ended" ] && ln -s "$T" "$D/next_holder.$holder" 2>/dev/null; then holder=$T; fi
  if [ "$holder" = "$T" ]; then
    ln -s "lease.$T" "$D/lease.new.$T" && mv -f "$D/lease.new.$T" "$D/lease" && rm -f "$D/lease.$ended"
    return 0
  fi
  rm -f "$D/lease.$T"
  return 1
}
`;
}

/** Takes the lease where that is possible; without the directory there is none. What follows in the script finds out who holds it. */
export function acquireScript(leaseToTakeOver: string | null): ShellText {
  return `${claimLease(leaseToTakeOver)}
[ ! -d "$D" ] || claim_lease || :
`;
}

/** Releases the lease; a submit script that is still running stops before its next job. */
export const RELEASE: ShellText = `
! has_lease || rm -f "$D/lease" "$D/lease.$T" || finish failed`;

/** Marks a run whose results were reported and whose directory stays. */
export const CLOSE: ShellText = `
has_lease || finish lease_taken
printf '' >"$D/closed" || finish failed`;
