import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { UserError } from "../../lib/errors.js";
import { KnownGateways } from "../knowngateways.js";
import type { NetworkServer } from "../networkserver.js";
import { describeIssue, Refusals } from "../refusals.js";
import type { GatewayDownlink } from "../types.js";
import {
  counterRange,
  gatewayStatus,
  pushData,
  receivedPacket,
  transmitAnswer,
  type TransmitPacket,
} from "./messages.js";
import { unrolled } from "./clock.js";
import {
  datagramKinds,
  decodeDatagram,
  encodeDatagram,
  formatDataRate,
  parseDataRate,
  type Datagram,
  type ProtocolVersion,
} from "./protocol.js";

/** ms to wait for TX_ACK; RX2 is a second after RX1, and must still be possible. */
const serverWaitMs = 300;

export interface ListenerOptions {
  onEvent?(event: Record<string, unknown>): void;
  /** EUIs of the gateways that are heard, in lower case; default: all. */
  gateways?: ReadonlySet<string> | undefined;
  /** Those that other listeners of this server know, too. */
  known?: KnownGateways;
}

/** Where PULL_RESP goes: the source of the last PULL_DATA, and its version of the protocol. */
interface Route {
  address: RemoteInfo;
  version: ProtocolVersion;
}

/**
 * The network server's end of the Semtech UDP protocol: connects real gateways to our network server. The protocol has no authentication; whatever
 * comes is checked field by field, and what is wrong is left out and reported.
 */
export class ForwarderListener {
  readonly #socket: Socket;
  readonly #server: NetworkServer;
  readonly #gateways: KnownGateways;
  readonly #allowed: ReadonlySet<string> | undefined;
  readonly #onEvent: (event: Record<string, unknown>) => void;
  readonly #refusals: Refusals;
  /** Downlinks waiting for TX_ACK, by gateway and token. */
  readonly #awaiting = new Map<string, (sent: boolean) => void>();
  #token = 0;

  constructor(
    server: NetworkServer,
    { onEvent = () => undefined, gateways, known = new KnownGateways(server, onEvent) }: ListenerOptions = {},
  ) {
    this.#server = server;
    this.#onEvent = onEvent;
    this.#allowed = gateways;
    this.#refusals = new Refusals((refusal) => onEvent({ event: "refused", ...refusal }));
    this.#gateways = known;
    this.#socket = createSocket("udp4");
    this.#socket.on("message", (bytes, from) => this.#receive(bytes, from));
  }

  /** @returns the port that it listens on. @throws UserError when it is taken */
  listen(port: number, host = "0.0.0.0"): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.once("error", (error) => reject(new UserError(`UDP port ${port} on ${host}: ${error.message}`)));
      this.#socket.bind(port, host, () => {
        this.#socket.on("error", (error) => this.#onEvent({ event: "socket failed", error: error.message }));
        resolve(this.#socket.address().port);
      });
    });
  }

  close(): void {
    this.#socket.close();
  }

  #receive(bytes: Buffer, from: RemoteInfo): void {
    const datagram = decodeDatagram(bytes);
    if (!datagram?.eui) return this.#refusals.add(from.address, "no datagram of a packet forwarder");
    const id = datagram.eui.toString("hex");
    if (this.#allowed && !this.#allowed.has(id)) return this.#refusals.add(id, "a gateway that is not listed");
    if (datagram.isGarbled) return this.#refusals.add(id, "not JSON");
    const { version, kind, token } = datagram;
    if (kind === datagramKinds.pushData) {
      this.#reply(encodeDatagram(version, datagramKinds.pushAck, token), from);
      this.#receivePackets(id, datagram);
    } else if (kind === datagramKinds.pullData) {
      this.#gateways.hear(id).transmit = (downlink) => this.#transmit(id, { address: from, version }, downlink);
      this.#reply(encodeDatagram(version, datagramKinds.pullAck, token), from);
    } else if (kind === datagramKinds.txAck) {
      this.#receiveAnswer(id, datagram);
    }
  }

  #receivePackets(id: string, { json }: Datagram): void {
    const pushed = pushData.safeParse(json);
    if (!pushed.success) return this.#refusals.add(id, describeIssue(pushed.error));
    const { rxpk = [], stat } = pushed.data;
    this.#gateways.hear(id);
    if (stat !== undefined) {
      const status = gatewayStatus.safeParse(stat);
      if (status.success) this.#onEvent({ event: "status", gateway: id, ...status.data });
      else this.#refusals.add(id, describeIssue(status.error, "stat"));
    }
    for (const [i, packet] of rxpk.entries()) this.#uplink(id, packet, i);
  }

  /** Version 2 of the protocol alone has it. Without JSON: no error. */
  #receiveAnswer(id: string, { json = {}, token }: Datagram): void {
    const answer = transmitAnswer.safeParse(json);
    if (!answer.success) return this.#refusals.add(id, describeIssue(answer.error));
    const { error } = answer.data.txpk_ack;
    if (error !== "NONE") this.#onEvent({ event: "downlink refused", gateway: id, error });
    this.#awaiting.get(`${id} ${token}`)?.(error === "NONE");
  }

  #uplink(id: string, json: unknown, index: number): void {
    // What is modulated otherwise is not LoRaWAN's, or not ours.
    if ((json as { modu?: unknown } | null)?.modu === "FSK") return;
    const { data: packet, error } = receivedPacket.safeParse(json);
    if (!packet) return this.#refusals.add(id, describeIssue(error, "rxpk", index));
    const crcIsBad = packet.stat === -1;
    if (crcIsBad) return;
    const handled = this.#server.receive({
      gateway: id,
      time: unrolled(this.#gateways.hear(id), packet.tmst),
      arrived: performance.now() * 1000,
      unixTime: gatewayTime(packet.time) ?? Date.now() / 1000,
      frequency: Math.round(packet.freq * 1e6),
      ...parseDataRate(packet.datr),
      rssi: packet.rssi,
      snr: packet.lsnr,
      payload: packet.data,
    });
    handled.catch((error: unknown) =>
      this.#onEvent({ event: "uplink failed", gateway: id, error: (error as Error).message }),
    );
  }

  /** Settled by the gateway's TX_ACK. A gateway that does not answer, or cannot by version 1 of the protocol, is assumed to send. */
  #transmit(id: string, route: Route, downlink: GatewayDownlink): boolean | Promise<boolean> {
    const txpk: TransmitPacket = {
      imme: false,
      tmst: Math.round(downlink.time) % counterRange,
      freq: downlink.frequency / 1e6,
      rfch: 0,
      powe: downlink.power,
      modu: "LORA",
      datr: formatDataRate(downlink.sf, downlink.bandwidth),
      codr: "4/5",
      ipol: true,
      ncrc: true,
      size: downlink.payload.length,
      data: Buffer.from(downlink.payload).toString("base64"),
    };
    this.#token = (this.#token + 1) & 0xffff;
    this.#reply(encodeDatagram(route.version, datagramKinds.pullResp, this.#token, undefined, { txpk }), route.address);
    if (route.version === 1) return true;
    const key = `${id} ${this.#token}`;
    return new Promise((resolve) => {
      const settle = (sent: boolean) => {
        clearTimeout(timer);
        this.#awaiting.delete(key);
        resolve(sent);
      };
      const timer = setTimeout(() => settle(true), serverWaitMs);
      this.#awaiting.set(key, settle);
    });
  }

  #reply(bytes: Buffer, to: RemoteInfo): void {
    this.#socket.send(bytes, to.port, to.address, () => undefined);
  }
}

/** Seconds since 1970 of rxpk's "time". */
function gatewayTime(text: string | undefined): number | undefined {
  const milliseconds = text === undefined ? NaN : Date.parse(text);
  // Date.parse reads milliseconds; the rest is below what DeviceTimeAns can say.
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
