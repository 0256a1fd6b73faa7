/**
 * The keywords of ssh_config(5), OpenSSH 3.9 to 10.0, and what the ssh2 transport does about each. Whatever limits a
 * login is honoured or refused; what is ignored can only make ssh log in where this transport does not.
 */

/** `honoured` and `ignored` say how and why. `refused` matches the values with which only the system's ssh can log in. */
export type Handling =
  | { readonly honoured: string }
  | { readonly ignored: string }
  | { readonly refused: RegExp };

const IDENTITY = { ignored: "fewer keys are tried than by ssh" };
const METHOD = { ignored: "the method is not tried" };
const SESSION = { ignored: "about sessions, terminals and forwardings of ssh" };
const SERVER_NAME = { honoured: "names the server, as in ssh" };
const LIST = {
  honoured:
    "only what the list allows is offered; refused where the transport has none of it",
};
const SWITCH = { honoured: "a method that is off is not tried" };

/** By keywords in lower case, as `ssh -G` prints them. */
export const OPTIONS: Readonly<Record<string, Handling>> = {
  // Which server.
  host: SERVER_NAME,
  hostname: SERVER_NAME,
  user: SERVER_NAME,
  port: SERVER_NAME,
  match: SERVER_NAME,
  include: SERVER_NAME,
  tag: SERVER_NAME,
  versionaddendum: { ignored: "a word in the greeting" },
  proxyjump: { honoured: "each hop by settings of its own" },
  proxycommand: { honoured: "runs by sh, as in ssh" },
  proxyusefdpass: { refused: /^(yes|true)$/i },
  addressfamily: { honoured: "TCP of that family" },
  bindaddress: { honoured: "TCP from that address" },
  bindinterface: { refused: /^(?!none$)./i },
  connecttimeout: { honoured: "by remote_profile.timeout" },
  connectionattempts: { ignored: "one attempt; the run tries again" },
  tcpkeepalive: { ignored: "the transport asks every 3 s" },
  serveraliveinterval: { ignored: "the transport asks every 3 s" },
  serveralivecountmax: { ignored: "the transport asks every 3 s" },
  ipqos: { ignored: "about speed" },
  rekeylimit: { ignored: "the server's limits count" },
  compression: { ignored: "what is sent is compressed already" },
  canonicaldomains: SERVER_NAME,
  canonicalizefallbacklocal: SERVER_NAME,
  canonicalizehostname: SERVER_NAME,
  canonicalizemaxdots: SERVER_NAME,
  canonicalizepermittedcnames: SERVER_NAME,
  // Whether it is the right one.
  stricthostkeychecking: {
    honoured: "`yes` wins over accept_new_host_key; a changed key is refused",
  },
  userknownhostsfile: { honoured: "read; a new key goes to the first" },
  globalknownhostsfile: { honoured: "read" },
  knownhostscommand: { refused: /^(?!none$)./i },
  revokedhostkeys: {
    honoured: "a list of public keys is read; a binary list (KRL) is refused",
  },
  hostkeyalias: SERVER_NAME,
  hashknownhosts: { honoured: "a new name is written hashed" },
  checkhostip: {
    honoured: "a key that known_hosts has not for the address is refused",
  },
  nohostauthenticationforlocalhost: { ignored: "known_hosts decides" },
  verifyhostkeydns: { ignored: "known_hosts decides" },
  updatehostkeys: { ignored: "no keys are added after a login" },
  fingerprinthash: { ignored: "fingerprints are of SHA256" },
  visualhostkey: { ignored: "about the screen" },
  casignaturealgorithms: { ignored: "host certificates are not accepted" },
  requiredrsasize: { honoured: "shorter RSA keys of hosts and users are out" },
  hostkeyalgorithms: LIST,
  kexalgorithms: LIST,
  ciphers: { honoured: `${LIST.honoured}; AES-GCM comes first` },
  macs: LIST,
  warnweakcrypto: { ignored: "about the screen" },
  refuseconnection: { honoured: "by ssh -G" },
  // Who is let in.
  batchmode: { honoured: "nobody is asked, and no password is sent" },
  preferredauthentications: { honoured: "these methods in this order" },
  passwordauthentication: SWITCH,
  kbdinteractiveauthentication: SWITCH,
  kbdinteractivedevices: {
    ignored: "the server chooses",
  },
  pubkeyauthentication: SWITCH,
  numberofpasswordprompts: { honoured: "so many rounds; 0: no password" },
  pubkeyacceptedalgorithms: {
    honoured: "keys of other kinds are not tried; RSA needs rsa-sha2-256",
  },
  identityfile: { honoured: "in that order" },
  identitiesonly: { honoured: "keys of the agent too" },
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
  // What happens afterwards.
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

/** Older names: readconf.c. */
const OLDER_NAMES: Readonly<Record<string, string>> = {
  challengeresponseauthentication: "kbdinteractiveauthentication",
  skeyauthentication: "kbdinteractiveauthentication",
  tisauthentication: "kbdinteractiveauthentication",
  dsaauthentication: "pubkeyauthentication",
  pubkeyacceptedkeytypes: "pubkeyacceptedalgorithms",
  hostbasedkeytypes: "hostbasedacceptedalgorithms",
};

/** The keyword that says the same today, in lower case. */
export function keywordOf(word: string): string {
  const key = word.toLowerCase();
  return OLDER_NAMES[key] ?? key;
}

/** What is set that only the system's ssh can do, one line each. */
export function refusedOptions(
  values: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  return [...values].flatMap(([key, words]) => {
    const handling = OPTIONS[key];
    const value = words.join(" ");
    return handling && "refused" in handling && handling.refused.test(value)
      ? [`${key} ${value}`]
      : [];
  });
}
