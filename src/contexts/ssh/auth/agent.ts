/** The user's agent, as ssh2 uses it: ssh-agent(1). */
import type { Environment } from "../../../environment/environment.ts";
import type { Hop } from "../hop.ts";
import { type Agent, createAgent, type PublicKey, utils } from "../ssh2.ts";
import { agentSigning, keyRefusal } from "./key_rules.ts";

/**
 * Keys of the hop's key files come first, as in ssh, because a host closes the
 * connection after six attempts (MaxAuthTries of sshd_config(5)). With
 * `agentKeys` only the keys of those files are tried.
 */
export function agentFor(
  socket: string,
  { agentKeys, namedKey, keyFiles, policy }: Pick<
    Hop,
    "agentKeys" | "namedKey" | "keyFiles" | "policy"
  >,
  { files }: Pick<Environment, "files">,
): Agent {
  const agent = createAgent(socket);
  const blobsOf = (paths: readonly string[]) =>
    paths.flatMap((path) => publicKeyOf(path, files) ?? []);
  const first = blobsOf([...namedKey === null ? [] : [namedKey], ...keyFiles]);
  const allowed = agentKeys && blobsOf(agentKeys);
  const all = agent.getIdentities.bind(agent);
  agent.sign = agentSigning(policy, agent);
  agent.getIdentities = (then) =>
    all((error, keys) => {
      const attempted = keys?.filter((key) => {
        const blob = blobOf(key);
        return blob === null ||
          keyRefusal(policy, Uint8Array.fromBase64(blob)) === null;
      });
      then(error, attempted && inOrder(attempted, first, allowed));
    });
  return agent;
}

/** `allowed` is null where all keys are. */
function inOrder(
  keys: readonly PublicKey[],
  first: readonly string[],
  allowed: readonly string[] | null,
): readonly PublicKey[] {
  const candidates = keys.map((key) => ({ key, blob: blobOf(key) ?? "" }))
    .filter(({ blob }) => allowed?.includes(blob) ?? true);
  const isFirst = ({ blob }: { readonly blob: string }) => first.includes(blob);
  const preferred = candidates.filter(isFirst)
    .sort((a, b) => first.indexOf(a.blob) - first.indexOf(b.blob));
  return [...preferred, ...candidates.filter((each) => !isFirst(each))]
    .map(({ key }) => key);
}

/** Reads `<path>.pub`, or the file itself where that holds a public key or a key that is not encrypted. */
function publicKeyOf(path: string, files: Environment["files"]): string | null {
  const blobs = [`${path}.pub`, path].map((file) => {
    const bytes = files.read(file);
    return bytes && blobOf(new TextDecoder().decode(bytes));
  });
  return blobs.find((blob) => blob !== null) ?? null;
}

/** The public key in base64; null where it cannot be read. */
function blobOf(key: PublicKey | string): string | null {
  const parsed = utils.parseKey(key);
  if (parsed instanceof Error) return null;
  return Uint8Array.from([parsed].flat()[0]!.getPublicSSH()).toBase64();
}
