/** The ssh command in hints. */
import { strictEqual } from "node:assert/strict";
import {
  type CommandSettings,
  sshCommand,
} from "../../../src/contexts/ssh/ssh_command.ts";

Deno.test("The command has the settings of the script", () => {
  const nothing: CommandSettings = { host: "far", user: null, port: null };
  const commands: readonly (readonly [Partial<CommandSettings>, string])[] = [
    [{}, "ssh far"],
    [{ user: "jo", port: 2222, key: "/k" }, "ssh -p 2222 -i /k jo@far"],
    [{ key: "/my keys/k" }, "ssh -i '/my keys/k' far"],
    [{ host: "ana@far", user: "jo" }, "ssh -l jo ana@far"],
    [{ host: "ssh://far:22/", user: "jo" }, "ssh -l jo ssh://far:22/"],
    [{ host: "fe80::1", user: "jo" }, "ssh jo@fe80::1"],
    [{ proxyCommand: "nc %h %p" }, "ssh -o 'ProxyCommand=nc %h %p' far"],
    [
      {
        jumps: [
          { host: "gate", user: null, port: null },
          { host: "::1", user: "jo", port: 22 },
        ],
      },
      "ssh -J 'gate,jo@[::1]:22' far",
    ],
  ];
  for (const [output, command] of commands) {
    strictEqual(sshCommand({ ...nothing, ...output }), command);
  }
});
