/** The user's agent, as ssh2 asks it: ssh-agent(1). */
import type { Environment } from "../../../environment/environment.ts";
import type { Hop } from "../hop.ts";
import { type Agent, createAgent, type PublicKey, utils } from "../ssh2.ts";
import { keyRefusal, signingOf } from "./key_rules.ts";

/**
 * Keys that stand in the hop's files come first, as in ssh: a host hears six
 * (MaxAuthTries of sshd_config(5)), then hangs up. `agentKeys`: only those that
 * stand in these files are tried.
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
  agent.sign = signingOf(policy, agent);
  agent.getIdentities = (then) =>
    all((error, keys) => {
      const tried = keys?.filter((key) => {
        const blob = blobOf(key);
        return blob === null ||
          keyRefusal(policy, Uint8Array.fromBase64(blob)) === null;
      });
      then(error, tried && inOrder(tried, first, allowed));
    });
  return agent;
}

/** `allowed`: null for all. */
function inOrder(
  keys: readonly PublicKey[],
  first: readonly string[],
  allowed: readonly string[] | null,
): readonly PublicKey[] {
  const found = keys.map((key) => ({ key, blob: blobOf(key) ?? "" }))
    .filter(({ blob }) => allowed?.includes(blob) ?? true);
  const isNamed = ({ blob }: { readonly blob: string }) => first.includes(blob);
  const named = found.filter(isNamed)
    .sort((a, b) => first.indexOf(a.blob) - first.indexOf(b.blob));
  return [...named, ...found.filter((each) => !isNamed(each))]
    .map(({ key }) => key);
}

/** From `<path>.pub`, or from the file itself where that holds a public key or is not encrypted. */
function publicKeyOf(path: string, files: Environment["files"]): string | null {
  const blobs = [`${path}.pub`, path].map((file) => {
    const bytes = files.read(file);
    return bytes && blobOf(new TextDecoder().decode(bytes));
  });
  return blobs.find((blob) => blob !== null) ?? null;
}

/** The key as hosts know it, in base64; null where it cannot be read. */
function blobOf(key: PublicKey | string): string | null {
  const parsed = utils.parseKey(key);
  if (parsed instanceof Error) return null;
  return Uint8Array.from([parsed].flat()[0]!.getPublicSSH()).toBase64();
}
