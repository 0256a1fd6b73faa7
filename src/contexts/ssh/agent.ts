/** The user's agent, as ssh2 asks it: ssh-agent(1). */
import type { World } from "../../world.ts";
import type { Hop } from "./hop.ts";
import { type Agent, createAgent, type PublicKey, utils } from "./ssh2.ts";

/** `hop.agentKeys`: only those of its keys that stand in these files are tried. */
export function agentFor(
  socket: string,
  { agentKeys }: Pick<Hop, "agentKeys">,
  { files }: Pick<World, "files">,
): Agent {
  const agent = createAgent(socket);
  if (agentKeys === null) return agent;
  const allowed = new Set(
    agentKeys.flatMap((path) => publicKeyOf(path, files) ?? []),
  );
  const all = agent.getIdentities.bind(agent);
  agent.getIdentities = (then) =>
    all((error, keys) =>
      then(error, keys?.filter((key) => allowed.has(blobOf(key) ?? "")))
    );
  return agent;
}

/** From `<path>.pub`, or from the file itself where that holds a public key or is not encrypted. */
function publicKeyOf(path: string, files: World["files"]): string | null {
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
