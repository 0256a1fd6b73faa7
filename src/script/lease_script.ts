/** The lease: which dpdisp may submit, cancel and clean. */
import type { ShellText } from "./shell_text.ts";
import { quote } from "./quote.ts";

/**
 * Takes the lease: free, mine already, or of a dpdisp that is known to be
 * gone (`heir`). From one holder only one client ever takes over, the one
 * that makes the link `next_holder.HOLDER`; it holds the lease though it may die
 * before `lease` says so. Where this fails, `t` is the token of whoever has
 * it; links tell, as a file may be empty after a loss of power. Where nothing
 * can be written there, that is no other's lease but a failure.
 */
export function claimLease(heir: string | null): ShellText {
  return `
claim() {
  mine && return 0
  # Not printf: some shells' own does not say that the disk is full.
  cat >"$D/lease.$T" <<LEASE || { rm -f "$D/lease.$T"; leave failed; }
$T
$who
LEASE
  ln -s "lease.$T" "$D/lease" 2>/dev/null && return 0
  heir=${quote(heir ?? "")}
  t=$(readlink "$D/lease") || {
    ln -s "lease.$T" "$D/lease" && return 0
    leave failed
  }
  t=\${t#lease.}
  while next=$(readlink "$D/next_holder.$t"); do t=$next; done
  if [ -n "$heir" ] && [ "$t" = "$heir" ] && ln -s "$T" "$D/next_holder.$t" 2>/dev/null; then t=$T; fi
  if [ "$t" = "$T" ]; then
    ln -s "lease.$T" "$D/lease.new.$T" && mv -f "$D/lease.new.$T" "$D/lease" && rm -f "$D/lease.$heir"
    return 0
  fi
  rm -f "$D/lease.$T"
  return 1
}
`;
}

/** Gives the lease back; whoever is still submitting stops before its next job. */
export const RELEASE: ShellText = `
mine && rm -f "$D/lease" "$D/lease.$T"`;

/** Marks a run whose results were reported and whose folder stays. */
export const CLOSE: ShellText = `
mine && printf '' >"$D/closed"`;
