import { randomBytes } from "node:crypto";
import os from "node:os";
import type { IClientOptions } from "mqtt";
import { readUserFile } from "../../lib/files.js";

/** How a broker is reached. */
export interface Broker {
  /** mqtt://HOST:PORT, or mqtts://HOST:PORT with TLS. */
  server: string;
  username?: string | undefined;
  password?: string | undefined;
  /** Files, PEM: the authority of the server's certificate, where it is none that everybody knows; the client's own certificate and its key. */
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  /** Each connection's own; the broker keeps for it what comes while it is away. */
  clientId?: string | undefined;
  /** Group of workers of which one gets each message. */
  share?: string | undefined;
  /** For so long (s) the broker keeps what comes while nobody is connected. */
  sessionSeconds: number;
}

/** What the server behind the broker wants. */
export interface BrokerKind {
  /** MQTT 3.1.1 or 5. */
  version: 4 | 5;
  /** 0: the server knows nothing else, and keeps nothing for who is away. */
  qos: 0 | 1;
}

/** A certificate's chain, a long list of gateways and a decoded object have room in it. */
const longestMessage = 262_144;
/**
 * Messages that the broker sends before the first of them is acknowledged, and that are taken at one time: as many as a pool of connections to a database
 * works at, and some that wait for it. If the broker sent more, they would stand in the connection before its word on messages that go out.
 */
export const receiveMaximum = 16;

/** Of the application and this machine; of processes that share, each has another one at each start: what the broker keeps for the last one is taken over. */
export function clientIdOf({ clientId, share }: Broker, role: string): string {
  if (clientId !== undefined) return clientId;
  const own = share === undefined ? "" : `-${randomBytes(4).toString("hex")}`;
  return `loam-cloud-${role}-${os.hostname()}${own}`.replace(/[^\w-]/g, "-");
}

/** As subscribed to. */
export const topicsOf = ({ share }: Broker, filters: readonly string[]): string[] =>
  filters.map((filter) => (share === undefined ? filter : `$share/${share}/${filter}`));

/** @param role names the application, for the client ID @throws UserError for a file that cannot be read */
export async function clientOptions(broker: Broker, kind: BrokerKind, role: string): Promise<IClientOptions> {
  const file = async (name: "ca" | "cert" | "key", what: string) =>
    broker[name] === undefined ? {} : { [name]: Buffer.from(await readUserFile(broker[name], what)) };
  const { username, password, sessionSeconds } = broker;
  const keepsSession = kind.qos === 1;
  return {
    protocolVersion: kind.version,
    clientId: broker.clientId ?? clientIdOf(broker, role),
    clean: !keepsSession,
    keepalive: 30,
    connectTimeout: 10_000,
    // What it does after a lost connection is MqttLink's.
    resubscribe: false,
    reconnectOnConnackError: true,
    queueQoSZero: false,
    manualConnect: true,
    ...(kind.version === 5 && {
      properties: {
        receiveMaximum,
        maximumPacketSize: longestMessage,
        ...(keepsSession && { sessionExpiryInterval: sessionSeconds }),
      },
    }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(await file("ca", "the authority's certificate")),
    ...(await file("cert", "the client's certificate")),
    ...(await file("key", "the client's key")),
  };
}
