import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { UserError } from "../../lib/errors.js";
import type { NetworkServer } from "../networkserver.js";
import type { GatewayDownlink } from "../types.js";
import {
  datagramKinds,
  decodeDatagram,
  encodeDatagram,
  formatDataRate,
  parseDataRate,
  type ReceivedPacket,
  type TransmitPacket,
} from "./protocol.js";

/** The last state of a gateway. */
interface KnownGateway {
  /** Where PULL_RESP goes: the source of the last PULL_DATA. */
  address: RemoteInfo | undefined;
  /** Rollovers of its 32-bit counter, so that the server's times are monotonic. */
  rounds: number;
  lastCounter: number;
}

const counterRange = 2 ** 32;
/** ms to wait for TX_ACK; RX2 is a second after RX1, and must still be possible. */
const serverWaitMs = 300;

/** The network server's end of the Semtech UDP protocol: connects real gateways to our network server. */
export class ForwarderListener {
  readonly #socket: Socket;
  readonly #server: NetworkServer;
  readonly #gateways = new Map<string, KnownGateway>();
  readonly #onEvent: (event: Record<string, unknown>) => void;
  /** Downlinks waiting for TX_ACK, by gateway and token. */
  readonly #awaiting = new Map<string, (sent: boolean) => void>();
  #token = 0;

  constructor(server: NetworkServer, onEvent: (event: Record<string, unknown>) => void = () => undefined) {
    this.#server = server;
    this.#onEvent = onEvent;
    this.#socket = createSocket("udp4");
    this.#socket.on("message", (bytes, from) => this.#receive(bytes, from));
  }

  /** @returns the port that it listens on. @throws UserError when it is taken */
  listen(port: number, host = "0.0.0.0"): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.once("error", (error) => reject(new UserError(`UDP port ${port} on ${host}: ${error.message}`)));
      this.#socket.bind(port, host, () => resolve(this.#socket.address().port));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #receive(bytes: Buffer, from: RemoteInfo): void {
    const datagram = decodeDatagram(bytes);
    if (!datagram?.eui) return;
    const id = datagram.eui.toString("hex");
    if (datagram.kind === datagramKinds.pushData) {
      this.#reply(encodeDatagram(datagramKinds.pushAck, datagram.token), from);
      const { rxpk, stat } = (datagram.json ?? {}) as { rxpk?: unknown; stat?: unknown };
      if (typeof stat === "object" && stat !== null) this.#onEvent({ event: "status", gateway: id, ...stat });
      if (Array.isArray(rxpk)) for (const packet of rxpk as ReceivedPacket[]) this.#uplink(id, packet);
    } else if (datagram.kind === datagramKinds.pullData) {
      this.#gateway(id).address = from;
      this.#reply(encodeDatagram(datagramKinds.pullAck, datagram.token), from);
    } else if (datagram.kind === datagramKinds.txAck) {
      const { txpk_ack: ack } = (datagram.json ?? {}) as { txpk_ack?: { error?: string } };
      // No JSON: no error.
      const error = ack?.error ?? "NONE";
      if (error !== "NONE") this.#onEvent({ event: "downlink refused", gateway: id, error });
      this.#awaiting.get(`${id} ${datagram.token}`)?.(error === "NONE");
    }
  }

  #gateway(id: string): KnownGateway {
    let gateway = this.#gateways.get(id);
    if (!gateway) {
      gateway = { address: undefined, rounds: 0, lastCounter: 0 };
      this.#gateways.set(id, gateway);
      this.#server.addGateway({ id, transmit: (downlink) => this.#transmit(id, downlink) });
      this.#onEvent({ event: "gateway", gateway: id });
    }
    return gateway;
  }

  #uplink(id: string, packet: ReceivedPacket): void {
    const rate = parseDataRate(packet.datr);
    // stat -1: CRC bad, 0: none.
    if (
      !rate ||
      packet.stat === -1 ||
      typeof packet.tmst !== "number" ||
      typeof packet.data !== "string" ||
      typeof packet.freq !== "number"
    )
      return;
    const gateway = this.#gateway(id);
    if (packet.tmst < gateway.lastCounter - counterRange / 2) gateway.rounds++;
    gateway.lastCounter = packet.tmst;
    const handled = this.#server.receive({
      gateway: id,
      time: gateway.rounds * counterRange + packet.tmst,
      arrived: performance.now() * 1000,
      unixTime: gatewayTime(packet.time) ?? Date.now() / 1000,
      frequency: Math.round(packet.freq * 1e6),
      ...rate,
      rssi: Number(packet.rssi) || 0,
      snr: Number(packet.lsnr) || 0,
      payload: Buffer.from(packet.data, "base64"),
    });
    handled.catch((error: unknown) =>
      this.#onEvent({ event: "uplink failed", gateway: id, error: (error as Error).message }),
    );
  }

  /** Settled by the gateway's TX_ACK. A gateway that does not answer (version 1 of the protocol has no TX_ACK) is assumed to send. */
  #transmit(id: string, downlink: GatewayDownlink): boolean | Promise<boolean> {
    const { address } = this.#gateway(id);
    if (!address) {
      this.#onEvent({ event: "downlink dropped", gateway: id, error: "the gateway has sent no PULL_DATA" });
      return false;
    }
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
    this.#reply(encodeDatagram(datagramKinds.pullResp, this.#token, undefined, { txpk }), address);
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
function gatewayTime(text: unknown): number | undefined {
  const milliseconds = typeof text === "string" ? Date.parse(text) : NaN;
  // Date.parse reads milliseconds; the rest is below what DeviceTimeAns can say.
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
