/** The library, with its types. Loaded by whoever reaches a machine through it, and by nobody else. */
// @ts-types="@types/ssh2"
import ssh2 from "ssh2";

// @ts-types="@types/ssh2"
export type {
  AnyAuthMethod,
  AuthHandlerMiddleware,
  ClientChannel,
  ConnectConfig,
  ParsedKey,
} from "ssh2";

export const { Client, utils } = ssh2;
export type Client = InstanceType<typeof Client>;
