import { createSocket, type Socket } from "node:dgram";
import { UserError } from "../../lib/errors.js";
import { hex } from "../device.js";
import type { GatewayDownlink, GatewayUplink } from "../types.js";
import { counterRange, transmitPacket, type GatewayStatus, type TransmitError } from "./messages.js";
import { datagramKinds, decodeDatagram, encodeDatagram, formatDataRate, parseDataRate } from "./protocol.js";

export interface ForwarderOptions {
  /** The network server's address, "HOST:PORT" or "HOST" (port 1700). */
  server: string;
  /** Sixteen hexadecimal digits. */
  eui: string;
  /** Sends a downlink at its time. The result goes to the server in TX_ACK. */
  transmit(downlink: GatewayDownlink): TransmitError;
  /** The gateway's clock, microseconds. */
  now(): number;
  /** Lowest and highest frequency of downlinks, Hz; default 150 to 960 MHz. */
  range?: readonly [low: number, high: number];
  /** Seconds between PULL_DATA, which keep the downlink path open; default 5. */
  keepAlive?: number;
  /** Seconds between status reports; default 30. */
  statusEvery?: number;
}

/** Counts of the status report. */
export interface ForwarderCounts {
  received: number;
  forwarded: number;
  /** Datagrams with packets or a status, and how many of them were acknowledged. */
  pushed: number;
  acknowledged: number;
  downlinks: number;
  transmitted: number;
}

/** Of the gateway; network servers know both. */
const protocolVersion = 2;
const tokenRange = 0x10000;
/** Tuning range of SX1250 and SX1257 within LoRaWAN's regions, Hz. */
const anyFrequency = [150e6, 960e6] as const;
/** dBm of the usual table of gains (Lora-net/packet_forwarder, global_conf.json): below and above, a gateway refuses. */
const powers = [-6, 27] as const;
/** For a field that cannot be understood; another field than these: TX_FREQ. */
const refusals: ReadonlyMap<PropertyKey, TransmitError> = new Map([
  ["powe", "TX_POWER"],
  ["tmst", "TOO_LATE"],
  ["tmms", "GPS_UNLOCKED"],
]);
/** A downlink further ahead than this (microseconds) is an error, or was meant for the past. */
const maxAhead = 30e6;

/** The gateway's end of the Semtech UDP protocol: connects gateways, simulated ones included, to a network server. */
export class PacketForwarder {
  readonly counts: ForwarderCounts = {
    received: 0,
    forwarded: 0,
    pushed: 0,
    acknowledged: 0,
    downlinks: 0,
    transmitted: 0,
  };
  /** Counts at the last status report. */
  #reported: ForwarderCounts = { ...this.counts };
  readonly #options: ForwarderOptions;
  readonly #eui: Buffer;
  readonly #socket: Socket;
  readonly #pushes = new Map<number, () => void>();
  readonly #timers: NodeJS.Timeout[];
  #token = 0;
  #ready: Promise<void>;

  /** @throws UserError for an invalid address or EUI */
  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.#eui = hex(options.eui, 8, "gateway EUI");
    const { host, port } = parseAddress(options.server);
    this.#socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    this.#socket.on("message", (bytes) => this.#receive(bytes));
    this.#ready = new Promise((resolve, reject) => {
      const failed = (error: Error) => reject(new UserError(`packet forwarder to ${options.server}: ${error.message}`));
      this.#socket.once("error", failed);
      // Node's typings do not say it: an address that is not found goes to the callback, not to "error".
      this.#socket.connect(port, host, ((error?: Error) => (error ? failed(error) : resolve())) as () => void);
    });
    this.#ready.catch(() => this.close());
    const { keepAlive = 5, statusEvery = 30 } = options;
    this.#timers = [
      setInterval(() => this.#pull(), keepAlive * 1000),
      setInterval(() => this.#sendStatus(), statusEvery * 1000),
    ];
  }

  /** Resolves when datagrams can be sent; the first PULL_DATA is on its way then. @throws UserError when the server's name is not known */
  async start(): Promise<void> {
    await this.#ready;
    this.#socket.on("error", () => undefined);
    this.#pull();
  }

  /** Forwards a packet. Resolves when the server has acknowledged it, or after `wait` ms. @returns whether it has */
  push(uplink: Omit<GatewayUplink, "gateway">, wait = 500): Promise<boolean> {
    this.counts.received++;
    const packet = {
      ...(uplink.unixTime !== undefined && { time: microsecondTime(uplink.unixTime) }),
      tmst: Math.round(uplink.time) % counterRange,
      freq: uplink.frequency / 1e6,
      chan: 0,
      rfch: 0,
      stat: 1,
      modu: "LORA",
      datr: formatDataRate(uplink.sf, uplink.bandwidth),
      codr: "4/5",
      rssi: Math.round(uplink.rssi),
      lsnr: Math.round(uplink.snr * 10) / 10,
      size: uplink.payload.length,
      data: Buffer.from(uplink.payload).toString("base64"),
    };
    this.counts.forwarded++;
    return this.#push({ rxpk: [packet] }, wait);
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#socket.close();
  }

  #push(json: unknown, wait: number): Promise<boolean> {
    const token = this.#nextToken();
    this.counts.pushed++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#pushes.delete(token);
        resolve(false);
      }, wait);
      this.#pushes.set(token, () => {
        clearTimeout(timer);
        this.counts.acknowledged++;
        resolve(true);
      });
      this.#send(encodeDatagram(protocolVersion, datagramKinds.pushData, token, this.#eui, json));
    });
  }

  #pull(): void {
    this.#send(encodeDatagram(protocolVersion, datagramKinds.pullData, this.#nextToken(), this.#eui));
  }

  #sendStatus(): void {
    const since = (name: keyof ForwarderCounts) => this.counts[name] - this.#reported[name];
    const time = new Date().toISOString().replace("T", " ").replace(/\..*/, " GMT");
    const pushed = since("pushed");
    const ackr = pushed > 0 ? Math.round((1000 * since("acknowledged")) / pushed) / 10 : 0;
    const received = since("received");
    const stat: GatewayStatus = {
      time,
      rxnb: received,
      rxok: received,
      rxfw: since("forwarded"),
      ackr,
      dwnb: since("downlinks"),
      txnb: since("transmitted"),
    };
    this.#reported = { ...this.counts };
    void this.#push({ stat }, 500);
  }

  #send(bytes: Buffer): void {
    // A missing server answers with an ICMP error; the protocol's acknowledgements show it.
    this.#socket.send(bytes, () => undefined);
  }

  #receive(bytes: Buffer): void {
    const datagram = decodeDatagram(bytes);
    if (datagram?.kind === datagramKinds.pushAck) {
      const acknowledged = this.#pushes.get(datagram.token);
      this.#pushes.delete(datagram.token);
      acknowledged?.();
    } else if (datagram?.kind === datagramKinds.pullResp) {
      this.counts.downlinks++;
      const error = this.#transmit((datagram.json as { txpk?: unknown } | null | undefined)?.txpk);
      if (error === "NONE") this.counts.transmitted++;
      this.#send(
        encodeDatagram(protocolVersion, datagramKinds.txAck, datagram.token, this.#eui, { txpk_ack: { error } }),
      );
    }
  }

  #transmit(json: unknown): TransmitError {
    const { data: packet, error } = transmitPacket.safeParse(json);
    if (!packet) return refusals.get(error.issues[0]!.path[0]!) ?? "TX_FREQ";
    const { range = anyFrequency } = this.#options;
    const frequency = Math.round(packet.freq * 1e6);
    if (!(frequency >= range[0] && frequency <= range[1])) return "TX_FREQ";
    const { powe: power, data: payload } = packet;
    if (!(power >= powers[0] && power <= powers[1])) return "TX_POWER";
    const now = this.#options.now();
    let time = now;
    if (!packet.imme) {
      // Downlinks at GPS time are not supported; our gateway only reports it.
      if (packet.tmst === undefined) return packet.tmms === undefined ? "TOO_LATE" : "GPS_UNLOCKED";
      // tmst is the lower 32 bits of the clock: the next time from now on that matches.
      const ahead = (((packet.tmst - (Math.round(now) % counterRange)) % counterRange) + counterRange) % counterRange;
      if (ahead > counterRange / 2) return "TOO_LATE";
      if (ahead > maxAhead) return "TOO_EARLY";
      time = Math.round(now) + ahead;
    }
    const { ipol, ncrc, prea, codr, datr } = packet;
    return this.#options.transmit({
      time,
      frequency,
      ...parseDataRate(datr),
      power,
      payload,
      invertIQ: ipol,
      crc: !ncrc,
      preamble: prea,
      codingRate: Number(codr[2]),
    });
  }

  #nextToken(): number {
    this.#token = (this.#token + 1) % tokenRange;
    return this.#token;
  }
}

/** ISO 8601 with microseconds. */
function microsecondTime(unixTime: number): string {
  const whole = Math.floor(unixTime);
  const micro = Math.min(999999, Math.round((unixTime - whole) * 1e6));
  return new Date(whole * 1000).toISOString().replace(".000Z", `.${String(micro).padStart(6, "0")}Z`);
}

/** "HOST", "HOST:PORT", "[IPv6]:PORT". @throws UserError */
export function parseAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(address);
  const port = Number(match?.[3] ?? 1700);
  if (!match || port < 1 || port > 65535)
    throw new UserError(`address "${address}": HOST, HOST:PORT or [IPv6]:PORT expected, e.g. 127.0.0.1:1700`);
  return { host: match[1] ?? match[2]!, port };
}
