/** What the settings of a host allow in a login: ssh_config(5). A script may restrict it further, but cannot extend it. */
import {
  type Algorithms,
  allowedAlgorithms,
  KINDS,
  prefersKnown,
} from "../algorithms.ts";
import { refusedOptions } from "./option_table.ts";
import type { Method } from "../auth/auth_method.ts";

export interface LoginPolicy {
  /** In the order in which they are tried. */
  readonly methods: readonly Method[];
  /** How often passwords and prompts are tried: NumberOfPasswordPrompts. */
  readonly rounds: number;
  /** BatchMode: no prompts, and no password is sent. */
  readonly isBatch: boolean;
  readonly algorithms: Algorithms;
  /** Whether the types of keys that known_hosts has for the host are preferred. */
  readonly prefersKnown: boolean;
  /** Signature algorithms for keys of the user: PubkeyAcceptedAlgorithms. */
  readonly userKeys: readonly string[];
  /** The minimum length of RSA keys: RequiredRSASize. */
  readonly rsaBits: number;
  /** Files of public keys that are accepted for no host: RevokedHostKeys. */
  readonly revokedKeys: readonly string[];
  /** Whether names are hashed in new lines of known_hosts: HashKnownHosts. */
  readonly hashesNames: boolean;
  /** Whether the key must match known_hosts for the address too: CheckHostIP. */
  readonly checksAddress: boolean;
  /** TCP over IPv4 or IPv6 only, or 0 for either: AddressFamily. */
  readonly family: 0 | 4 | 6;
  /** The local address of TCP connections: BindAddress. */
  readonly bindAddress: string | null;
  /** Options that only the system's ssh supports, one line each. */
  readonly refused: readonly string[];
}

/** Keywords in lower case with their arguments. */
type Values = ReadonlyMap<string, readonly string[]>;

/** The methods with their keywords, in the default order of PreferredAuthentications of ssh_config(5). */
const METHODS: readonly (readonly [Method, string])[] = [
  ["publickey", "pubkeyauthentication"],
  ["keyboard-interactive", "kbdinteractiveauthentication"],
  ["password", "passwordauthentication"],
];

/** `expand` expands a path of the settings. */
export function policyFrom(
  values: Values,
  expand: (path: string) => string | null,
): LoginPolicy {
  const first = (key: string): string | null => values.get(key)?.[0] ?? null;
  const isYes = (key: string) => /^(yes|true)$/i.test(first(key) ?? "");
  const listOf = (kind: keyof Algorithms) => first(KINDS[kind].option);
  const algorithms = {
    kex: allowedAlgorithms("kex", listOf("kex")),
    cipher: allowedAlgorithms("cipher", listOf("cipher")),
    hmac: allowedAlgorithms("hmac", listOf("hmac")),
    serverHostKey: allowedAlgorithms("serverHostKey", listOf("serverHostKey")),
  };
  const kinds = Object.keys(algorithms) as (keyof Algorithms)[];
  const unsupported = kinds.filter((kind) => algorithms[kind].length === 0);
  const isBatch = isYes("batchmode");
  return {
    methods: methodsOf(first, isBatch),
    rounds: numberOf(first("numberofpasswordprompts"), 3),
    isBatch,
    algorithms,
    prefersKnown: prefersKnown(listOf("serverHostKey")),
    userKeys: allowedAlgorithms(
      "serverHostKey",
      first("pubkeyacceptedalgorithms"),
    ),
    rsaBits: numberOf(first("requiredrsasize"), 1024),
    revokedKeys: (values.get("revokedhostkeys") ?? []).filter((path) =>
      path.toLowerCase() !== "none"
    ).map((path) => expand(path) ?? path),
    hashesNames: isYes("hashknownhosts"),
    checksAddress: isYes("checkhostip"),
    family: FAMILIES[first("addressfamily")?.toLowerCase() ?? ""] ?? 0,
    bindAddress: first("bindaddress"),
    refused: [
      ...refusedOptions(values),
      ...unsupported.map((kind) =>
        `${KINDS[kind].option} ${shortened(listOf(kind) ?? "")}`
      ),
    ],
  };
}

const FAMILIES: Readonly<Record<string, 4 | 6>> = { inet: 4, inet6: 6 };

function methodsOf(
  first: (key: string) => string | null,
  isBatch: boolean,
): readonly Method[] {
  const preferred = first("preferredauthentications")?.split(",").map((word) =>
    word.trim()
  );
  const isEnabled = ([method, key]: (typeof METHODS)[number]) =>
    !/^(no|false)$/i.test(first(key) ?? "") &&
    (method === "publickey" ||
      !isBatch && numberOf(first("numberofpasswordprompts"), 3) > 0);
  const enabled = METHODS.filter(isEnabled).map(([method]) => method);
  return preferred?.flatMap((word) =>
    enabled.find((method) => method === word) ?? []
  ) ?? enabled;
}

function numberOf(value: string | null, fallback: number): number {
  return value !== null && /^\d+$/.test(value) ? Number(value) : fallback;
}

/** Lists of algorithms can be long. */
function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
