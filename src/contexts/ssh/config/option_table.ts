/**
 * The keywords of ssh_config(5), OpenSSH 3.9 to 10.0, and what the ssh2 transport does with each. Every keyword that can
 * restrict a login is honoured or refused; an ignored keyword can only make ssh log in where this transport does not.
 */

/** The texts of `honoured` and `ignored` are shown in the documentation. `refused` matches the values that only the system's ssh supports. */
export type Handling =
  | { readonly honoured: string }
  | { readonly ignored: string }
  | { readonly refused: RegExp };

const IDENTITY = { ignored: "ssh may try more keys" };
const METHOD = { ignored: "the method is not tried" };
const SESSION = { ignored: "for sessions, terminals and forwardings of ssh" };
const SERVER_NAME = { honoured: "names the server, as in ssh" };
const LIST = {
  honoured:
    "only listed algorithms are offered; refused where the transport supports none of them",
};
const SWITCH = { honoured: "a disabled method is not tried" };
const KEEPALIVE = { ignored: "a keepalive message is sent every 3 s" };

/** By keywords in lower case, as `ssh -G` prints them. */
export const OPTIONS: Readonly<Record<string, Handling>> = {
  // The server.
  host: SERVER_NAME,
  hostname: SERVER_NAME,
  user: SERVER_NAME,
  port: SERVER_NAME,
  match: SERVER_NAME,
  include: SERVER_NAME,
  tag: SERVER_NAME,
  versionaddendum: { ignored: "part of the version string" },
  proxyjump: { honoured: "each jump host has its own settings" },
  proxycommand: { honoured: "run by sh, as in ssh" },
  proxyusefdpass: { refused: /^(yes|true)$/i },
  addressfamily: { honoured: "TCP with that address family" },
  bindaddress: { honoured: "TCP from that address" },
  bindinterface: { refused: /^(?!none$)./i },
  connecttimeout: { honoured: "remote_profile.timeout is used instead" },
  connectionattempts: { ignored: "one attempt; the run retries" },
  tcpkeepalive: KEEPALIVE,
  serveraliveinterval: KEEPALIVE,
  serveralivecountmax: KEEPALIVE,
  ipqos: { ignored: "affects speed only" },
  rekeylimit: { ignored: "the limits of the server apply" },
  compression: { ignored: "the data is already compressed" },
  canonicaldomains: SERVER_NAME,
  canonicalizefallbacklocal: SERVER_NAME,
  canonicalizehostname: SERVER_NAME,
  canonicalizemaxdots: SERVER_NAME,
  canonicalizepermittedcnames: SERVER_NAME,
  // The host key.
  stricthostkeychecking: {
    honoured:
      "`yes` overrides accept_new_host_key; a changed key is always refused",
  },
  userknownhostsfile: {
    honoured: "read; a new key is added to the first file",
  },
  globalknownhostsfile: { honoured: "read" },
  knownhostscommand: { refused: /^(?!none$)./i },
  revokedhostkeys: {
    honoured: "a list of public keys is read; a binary list (KRL) is refused",
  },
  hostkeyalias: SERVER_NAME,
  hashknownhosts: { honoured: "a new name is hashed" },
  checkhostip: {
    honoured: "the key must match known_hosts for the address too",
  },
  nohostauthenticationforlocalhost: { ignored: "known_hosts is always used" },
  verifyhostkeydns: { ignored: "known_hosts is always used" },
  updatehostkeys: { ignored: "no keys are added after a login" },
  fingerprinthash: { ignored: "fingerprints are SHA256" },
  visualhostkey: { ignored: "affects the display only" },
  casignaturealgorithms: { ignored: "host certificates are not accepted" },
  requiredrsasize: {
    honoured: "shorter RSA keys of hosts and users are refused",
  },
  hostkeyalgorithms: LIST,
  kexalgorithms: LIST,
  ciphers: LIST,
  macs: LIST,
  warnweakcrypto: { ignored: "affects the display only" },
  refuseconnection: { honoured: "refused by `ssh -G`" },
  // Authentication.
  batchmode: { honoured: "no prompts, and no password is sent" },
  preferredauthentications: { honoured: "these methods in this order" },
  passwordauthentication: SWITCH,
  kbdinteractiveauthentication: SWITCH,
  kbdinteractivedevices: {
    ignored: "the server chooses",
  },
  pubkeyauthentication: SWITCH,
  numberofpasswordprompts: {
    honoured: "the number of attempts; with 0 no password is sent",
  },
  pubkeyacceptedalgorithms: {
    honoured: "keys of other types are not tried; RSA needs rsa-sha2-256",
  },
  identityfile: { honoured: "keys are tried in that order" },
  identitiesonly: { honoured: "applies to keys of the agent too" },
  identityagent: { honoured: "as in ssh" },
  certificatefile: IDENTITY,
  pkcs11provider: IDENTITY,
  securitykeyprovider: IDENTITY,
  addkeystoagent: { ignored: "nothing is added to the agent" },
  gssapiauthentication: METHOD,
  gssapidelegatecredentials: METHOD,
  gssapikeyexchange: METHOD,
  gssapitrustdns: METHOD,
  gssapirenewalforcesrekey: METHOD,
  gssapikexalgorithms: METHOD,
  gssapiclientidentity: METHOD,
  gssapiserveridentity: METHOD,
  hostbasedauthentication: METHOD,
  hostbasedacceptedalgorithms: METHOD,
  enablesshkeysign: METHOD,
  usekeychain: IDENTITY,
  // The session.
  channeltimeout: SESSION,
  clearallforwardings: SESSION,
  controlmaster: SESSION,
  controlpath: SESSION,
  controlpersist: SESSION,
  dynamicforward: SESSION,
  enableescapecommandline: SESSION,
  escapechar: SESSION,
  exitonforwardfailure: SESSION,
  forkafterauthentication: SESSION,
  forwardagent: SESSION,
  forwardx11: SESSION,
  forwardx11timeout: SESSION,
  forwardx11trusted: SESSION,
  gatewayports: SESSION,
  ignoreunknown: SESSION,
  localcommand: SESSION,
  localforward: SESSION,
  loglevel: SESSION,
  logverbose: SESSION,
  obscurekeystroketiming: SESSION,
  permitlocalcommand: SESSION,
  permitremoteopen: SESSION,
  remotecommand: SESSION,
  remoteforward: SESSION,
  requesttty: SESSION,
  sendenv: SESSION,
  sessiontype: SESSION,
  setenv: SESSION,
  stdinnull: SESSION,
  streamlocalbindmask: SESSION,
  streamlocalbindunlink: SESSION,
  syslogfacility: SESSION,
  tunnel: SESSION,
  tunneldevice: SESSION,
  xauthlocation: SESSION,
};

/** Older names of keywords, from readconf.c of OpenSSH. */
const OLDER_NAMES: Readonly<Record<string, string>> = {
  challengeresponseauthentication: "kbdinteractiveauthentication",
  skeyauthentication: "kbdinteractiveauthentication",
  tisauthentication: "kbdinteractiveauthentication",
  dsaauthentication: "pubkeyauthentication",
  pubkeyacceptedkeytypes: "pubkeyacceptedalgorithms",
  hostbasedkeytypes: "hostbasedacceptedalgorithms",
};

/** The current name of a keyword, in lower case. */
export function keywordOf(word: string): string {
  const key = word.toLowerCase();
  return OLDER_NAMES[key] ?? key;
}

/** The options that only the system's ssh supports, one line each. */
export function refusedOptions(
  values: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  return [...values].flatMap(([key, args]) => {
    const handling = OPTIONS[key];
    const value = args.join(" ");
    return handling && "refused" in handling && handling.refused.test(value)
      ? [`${key} ${value}`]
      : [];
  });
}
