/** What the settings of a host allow in a login: ssh_config(5). A script may narrow it, and never widens it. */
import {
  type Algorithms,
  allowedOf,
  KINDS,
  prefersKnown,
} from "../algorithms.ts";
import { refusedOptions } from "./option_table.ts";
import type { Method } from "../auth/auth_method.ts";

export interface LoginPolicy {
  /** In the order of trying. */
  readonly methods: readonly Method[];
  /** Rounds of answers before giving up: NumberOfPasswordPrompts. */
  readonly rounds: number;
  /** BatchMode: nobody is asked, and no password is sent. */
  readonly isBatch: boolean;
  readonly algorithms: Algorithms;
  /** Host keys by which the host is known come first. */
  readonly prefersKnown: boolean;
  /** Signature algorithms for keys of the user, which are the same as those for hosts. */
  readonly userKeys: readonly string[];
  /** The shortest RSA key: RequiredRSASize. */
  readonly rsaBits: number;
  /** Files of public keys that no host may have. */
  readonly revokedKeys: readonly string[];
  /** Names are written to known_hosts as hashes. */
  readonly hashesNames: boolean;
  /** The key must be that of the address too, where known_hosts has one. */
  readonly checksAddress: boolean;
  /** TCP over IPv4 or IPv6 only; 0: either. */
  readonly family: 0 | 4 | 6;
  /** Where TCP comes from. */
  readonly bindAddress: string | null;
  /** What only the system's ssh can honour, one line each. */
  readonly refused: readonly string[];
}

/** Keywords in lower case with their arguments. */
type Values = ReadonlyMap<string, readonly string[]>;

/** As ssh orders them; PreferredAuthentications of ssh_config(5). */
const METHODS: readonly (readonly [Method, string])[] = [
  ["publickey", "pubkeyauthentication"],
  ["keyboard-interactive", "kbdinteractiveauthentication"],
  ["password", "passwordauthentication"],
];

/** `expand` reads a path as it stands in the settings. */
export function policyFrom(
  values: Values,
  expand: (path: string) => string | null,
): LoginPolicy {
  const first = (key: string): string | null => values.get(key)?.[0] ?? null;
  const isYes = (key: string) => /^(yes|true)$/i.test(first(key) ?? "");
  const listOf = (kind: keyof Algorithms) => first(KINDS[kind].option);
  const algorithms = {
    kex: allowedOf("kex", listOf("kex")),
    cipher: allowedOf("cipher", listOf("cipher")),
    hmac: allowedOf("hmac", listOf("hmac")),
    serverHostKey: allowedOf("serverHostKey", listOf("serverHostKey")),
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
    userKeys: allowedOf("serverHostKey", first("pubkeyacceptedalgorithms")),
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
  const isOn = ([method, key]: (typeof METHODS)[number]) =>
    !/^(no|false)$/i.test(first(key) ?? "") &&
    (method === "publickey" ||
      !isBatch && numberOf(first("numberofpasswordprompts"), 3) > 0);
  const on = METHODS.filter(isOn).map(([method]) => method);
  return preferred === undefined
    ? on
    : preferred.flatMap((word) => on.find((method) => method === word) ?? []);
}

function numberOf(said: string | null, otherwise: number): number {
  return said !== null && /^\d+$/.test(said) ? Number(said) : otherwise;
}

/** Lists of algorithms can be long. */
function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
