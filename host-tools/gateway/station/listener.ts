import { timingSafeEqual, createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import type { RegionName } from "../../../device/lorawan/types.js";
import { UserError } from "../../lib/errors.js";
import { KnownGateways } from "../knowngateways.js";
import type { NetworkServer } from "../networkserver.js";
import { describeIssue, Refusals } from "../refusals.js";
import type { NetworkSettings } from "../settings.js";
import { StationConnection } from "./connection.js";
import { readIdentifier, writeId6 } from "./identifiers.js";
import { readJson, writeJson } from "./json.js";
import { discovery } from "./messages.js";
import { routerConfig } from "./routerconfig.js";

/** Bytes of a message; a station's longest, an uplink of 255 bytes in hexadecimal, has fewer than 1,000. */
const longestMessage = 8192;
/** Connections at a time, those that have said nothing yet among them. */
const mostConnections = 4096;
/** ms in which a new connection has to say what it wants. */
const helloMs = 10000;
const pingMs = 30000;

export interface StationListenerOptions {
  region: RegionName;
  settings?: NetworkSettings;
  onEvent?(event: Record<string, unknown>): void;
  /** EUIs of the gateways that are heard, in lower case; default: all. */
  gateways?: ReadonlySet<string> | undefined;
  /** Those that other listeners of this server know, too. */
  known?: KnownGateways;
  /** PEM; default: no TLS. */
  tls?: { cert: Buffer; key: Buffer } | undefined;
  /** What stations have in their tc.key, without "Authorization:"; default: none is asked for. */
  token?: string | undefined;
}

/** The network server's end of the LNS protocol of LoRa Basics Station: discovery at /router-info, then a connection for each station at /traffic/EUI. */
export class StationListener {
  readonly #server: NetworkServer;
  readonly #options: StationListenerOptions;
  readonly #onEvent: (event: Record<string, unknown>) => void;
  readonly #known: KnownGateways;
  readonly #refusals: Refusals;
  readonly #config: Record<string, unknown>;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: longestMessage, perMessageDeflate: false });
  /** The latest connection of each gateway. */
  readonly #connections = new Map<string, StationConnection>();
  readonly #ping: NodeJS.Timeout;

  /** @throws UserError for a region whose sub-band is missing, or a certificate or key that is none */
  constructor(server: NetworkServer, options: StationListenerOptions) {
    const { region, settings = {}, onEvent = () => undefined, known, tls } = options;
    this.#server = server;
    this.#options = options;
    this.#onEvent = onEvent;
    this.#known = known ?? new KnownGateways(server, onEvent);
    this.#refusals = new Refusals((refusal) => onEvent({ event: "refused", ...refusal }));
    this.#config = routerConfig(region, settings);
    this.#http = tls ? secured(tls) : createServer();
    Object.assign(this.#http, { maxConnections: mostConnections, headersTimeout: helloMs, requestTimeout: helloMs });
    this.#http.on("request", (_, response) => response.writeHead(426, { upgrade: "websocket" }).end());
    this.#http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
    this.#ping = setInterval(() => this.#endDead(), pingMs);
    this.#ping.unref();
  }

  /** @returns the port that it listens on. @throws UserError when it is taken */
  listen(port: number, host = "0.0.0.0"): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#http.once("error", (error) => reject(new UserError(`TCP port ${port} on ${host}: ${error.message}`)));
      this.#http.listen(port, host, () => {
        this.#http.on("error", (error) => this.#onEvent({ event: "socket failed", error: error.message }));
        resolve((this.#http.address() as AddressInfo).port);
      });
    });
  }

  close(): void {
    clearInterval(this.#ping);
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#http.close();
    this.#http.closeAllConnections();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const address = request.socket.remoteAddress ?? "unknown address";
    const path = (request.url ?? "").split("?")[0]!;
    const id = readIdentifier(/^\/traffic\/([^/]+)$/.exec(path)?.[1]);
    if (!this.#isAuthorized(request)) {
      this.#refusals.add(id ?? address, "a wrong or missing token");
      return refuse(socket, "401 Unauthorized");
    }
    if (path !== "/router-info" && id === undefined) {
      this.#refusals.add(address, "a path that is neither /router-info nor /traffic/EUI");
      return refuse(socket, "404 Not Found");
    }
    if (id !== undefined && !this.#isListed(id)) return refuse(socket, "403 Forbidden");
    if (this.#sockets.clients.size >= mostConnections) return refuse(socket, "503 Service Unavailable");
    this.#sockets.handleUpgrade(request, socket, head, (connected) => {
      // Too long a message, wrong framing: ws closes the connection.
      connected.on("error", (error) => this.#refusals.add(id ?? address, error.message));
      watch(connected);
      if (id === undefined) this.#discover(connected, request, address);
      else this.#connect(connected, id);
    });
  }

  /** Answers once, and closes. */
  #discover(socket: WebSocket, request: IncomingMessage, address: string): void {
    endLater(socket, () => true);
    socket.once("message", (data, isBinary) => {
      const answer = this.#direct(isBinary ? "" : (data as Buffer).toString("utf8"), request, address);
      socket.send(writeJson(answer), () => socket.close(1000));
    });
  }

  #direct(text: string, request: IncomingMessage, address: string): Record<string, unknown> {
    let json: unknown;
    try {
      json = readJson(text);
    } catch {
      this.#refusals.add(address, "not JSON");
      return { error: "JSON expected" };
    }
    const { data: asked, error } = discovery.safeParse(json);
    if (!asked) {
      this.#refusals.add(address, describeIssue(error));
      return { error: describeIssue(error) };
    }
    const router = writeId6(asked.router);
    if (!this.#isListed(asked.router)) return { router, error: "the gateway is not listed" };
    const own = this.#addressOf(request);
    if (own === undefined) return { router, error: "a Host header is missing" };
    return { router, muxs: "::1", uri: `${own}/traffic/${asked.router}` };
  }

  /** As the station has reached us: what it was configured with. A station wants the port in it. */
  #addressOf({ headers }: IncomingMessage): string | undefined {
    const [, name, port] = /^([\w.-]+|\[[0-9a-fA-F:.]+\])(?::(\d{1,5}))?$/.exec(headers.host ?? "") ?? [];
    // Or TLS ends at a proxy before us.
    const isSecure = this.#options.tls !== undefined || headers["x-forwarded-proto"] === "https";
    return name === undefined ? undefined : `${isSecure ? "wss" : "ws"}://${name}:${port ?? (isSecure ? 443 : 80)}`;
  }

  #connect(socket: WebSocket, id: string): void {
    const { region } = this.#options;
    const connection = new StationConnection(socket, {
      ...{ id, region, server: this.#server, known: this.#known, refusals: this.#refusals, config: this.#config },
      onEvent: this.#onEvent,
    });
    endLater(socket, () => !connection.isConfigured);
    // One that has lost its connection is back before we notice it.
    this.#connections.get(id)?.close(1000, "connected again");
    this.#connections.set(id, connection);
    socket.on("close", (code) => {
      if (connection.isConfigured) this.#onEvent({ event: "station gone", gateway: id, code });
      if (this.#connections.get(id) === connection) this.#connections.delete(id);
    });
  }

  #isListed(id: string): boolean {
    const { gateways } = this.#options;
    const isListed = gateways?.has(id) !== false;
    if (!isListed) this.#refusals.add(id, "a gateway that is not listed");
    return isListed;
  }

  /** tc.key has "Authorization: TOKEN", or "Bearer" before the token. */
  #isAuthorized({ headers: { authorization = "" } }: IncomingMessage): boolean {
    const { token } = this.#options;
    const bare = (text: string) => text.trim().replace(/^Bearer\s+/i, "");
    return token === undefined || timingSafeEqual(hash(bare(authorization)), hash(bare(token)));
  }

  /** Who has not answered the last ping is gone. */
  #endDead(): void {
    for (const socket of this.#sockets.clients) {
      if (!answered.delete(socket)) socket.terminate();
      else socket.ping(() => undefined);
    }
  }
}

/** Sockets from which something has come since the last ping. */
const answered = new WeakSet<WebSocket>();

function watch(socket: WebSocket): void {
  const alive = () => void answered.add(socket);
  alive();
  for (const event of ["pong", "ping", "message"]) socket.on(event, alive);
}

/** Ends a connection on which nothing has been said. */
function endLater(socket: WebSocket, isSilent: () => boolean): void {
  const timer = setTimeout(() => {
    if (isSilent()) socket.terminate();
  }, helloMs);
  socket.on("close", () => clearTimeout(timer));
}

/** Of one length whatever the text's. */
const hash = (text: string): Buffer => createHash("sha256").update(text).digest();

function secured(tls: { cert: Buffer; key: Buffer }): Server {
  try {
    return createTlsServer(tls);
  } catch (error) {
    throw new UserError(`certificate and key for stations: ${(error as Error).message}`);
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
