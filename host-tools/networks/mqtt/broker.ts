import { randomBytes, X509Certificate } from "node:crypto";
import os from "node:os";
import { createSecureContext } from "node:tls";
import type { IClientOptions } from "mqtt";
import { UserError } from "../../lib/errors.js";
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

type TlsFiles = Pick<IClientOptions, "ca" | "cert" | "key">;

/** @throws UserError for a file that cannot be read, or is not what it should be: MQTT.js ends the process with it */
async function tlsFiles(broker: Broker): Promise<TlsFiles> {
  const file = async (name: keyof TlsFiles, what: string) =>
    broker[name] === undefined ? {} : { [name]: Buffer.from(await readUserFile(broker[name], what)) };
  const ca: { ca?: Buffer } = await file("ca", "the authority's certificate");
  const own: TlsFiles = {
    ...(await file("cert", "the client's certificate")),
    ...(await file("key", "the client's key")),
  };
  const check = (what: string, right: string, use: () => unknown) => {
    try {
      use();
    } catch (error) {
      throw new UserError(`${what}: ${(error as Error).message}; ${right} expected`);
    }
  };
  if (ca.ca) check(broker.ca!, "a certificate as PEM", () => new X509Certificate(ca.ca!));
  const names = [broker.cert, broker.key].filter((name) => name !== undefined).join(", ");
  check(names, "a certificate and its key as PEM, without a password,", () => createSecureContext(own));
  return { ...ca, ...own };
}

/** @param role names the application, for the client ID @throws UserError for files of TLS that cannot be used */
export async function clientOptions(broker: Broker, kind: BrokerKind, role: string): Promise<IClientOptions> {
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
    ...(await tlsFiles(broker)),
  };
}
