import type { RawData, WebSocket } from "ws";
import { fromGpsTime, toGpsTime } from "../../../device/codec/gpstime.js";
import { regions } from "../../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../../device/lorawan/types.js";
import type { KnownGateways } from "../knowngateways.js";
import type { NetworkServer } from "../networkserver.js";
import { describeIssue, type Refusals } from "../refusals.js";
import type { GatewayDownlink } from "../types.js";
import { rebuildFrame } from "./frames.js";
import { writeEui } from "./identifiers.js";
import { readJson, writeJson } from "./json.js";
import { isIgnored, stationMessage, type DownlinkMessage, type StationUplink } from "./messages.js";
import { RadioClock } from "./radioclock.js";
import { downlinkRate } from "./routerconfig.js";

/** ms to wait for dntxed after the downlink should be on the air; RX2 is a second after RX1, and must still be possible. */
const graceMs = 300;
/** ms before its time at which a downlink must leave here at the latest. */
const leastLeadMs = 30;
/** Downlinks that wait for dntxed; a gateway has one transmitter. */
const mostAwaited = 64;
/** Seconds by which a packet's GPS time and its arrival may differ. */
const mostLate = 10;
/** The largest RxDelay, seconds. */
const longestDelay = 15;
const microseconds = 1e6;

export interface ConnectionOptions {
  /** Sixteen hexadecimal digits in lower case. */
  id: string;
  region: RegionName;
  server: NetworkServer;
  known: KnownGateways;
  refusals: Refusals;
  /** What `version` is answered with. */
  config: Readonly<Record<string, unknown>>;
  onEvent(event: Record<string, unknown>): void;
}

/** The data connection of one station, from `version` on. */
export class StationConnection {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #clock = new RadioClock();
  /** Downlinks waiting for dntxed, by diid. */
  readonly #awaiting = new Map<number, (sent: boolean) => void>();
  #diid = 0;
  #isConfigured = false;

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("close", () => {
      for (const settle of [...this.#awaiting.values()]) settle(false);
    });
  }

  /** Whether `version` has come. */
  get isConfigured(): boolean {
    return this.#isConfigured;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  #receive(data: RawData, isBinary: boolean): void {
    const { id, refusals, known } = this.#options;
    let json: unknown;
    try {
      json = isBinary ? undefined : readJson((data as Buffer).toString("utf8"));
    } catch {
      json = undefined;
    }
    if (json === undefined) return refusals.add(id, isBinary ? "a binary message" : "not JSON");
    if (isIgnored(json)) return;
    const { data: message, error } = stationMessage.safeParse(json);
    if (!message) {
      refusals.add(id, describeIssue(error));
      if (!this.#isConfigured) this.#refuse(describeIssue(error));
      return;
    }
    if (message.msgtype === "version") return this.#configure(message);
    if (!this.#isConfigured) return refusals.add(id, `${message.msgtype} before version`);
    known.hear(id);
    if (message.msgtype === "dntxed") this.#awaiting.get(Number(message.diid))?.(true);
    else if (message.msgtype === "timesync") this.#tellTime(message.txtime);
    else this.#uplink(message);
  }

  #refuse(error: string): void {
    this.#send({ msgtype: "error", error });
    this.close(1008, "version expected");
  }

  #configure({ station, firmware, package: packed, model, protocol }: Record<string, unknown>): void {
    const { id, known, onEvent, config } = this.#options;
    this.#isConfigured = true;
    known.hear(id);
    const told = Object.entries({ station, firmware, package: packed, model, protocol }).filter(([, value]) => value);
    onEvent({ event: "station", gateway: id, ...Object.fromEntries(told) });
    this.#send({ ...config, MuxTime: Date.now() / 1000 });
  }

  /** GPS time, for a station without PPS of its own. */
  #tellTime(txtime: bigint): void {
    this.#send({ msgtype: "timesync", txtime, gpstime: Math.round(toGpsTime(Date.now() / 1000) * microseconds) });
  }

  #uplink(message: StationUplink): void {
    const { id, region, server, refusals, onEvent } = this.#options;
    const { DR, Freq: frequency, upinfo } = message;
    const rate = regions[region].dataRates[DR];
    const payload = rebuildFrame(message);
    // FSK has no place in our regions.
    if (!rate || !payload)
      return refusals.add(id, rate ? "a frame of more than 255 bytes" : `DR: ${region} has no data rate ${DR} of LoRa`);
    const arrived = performance.now() * 1000;
    const time = this.#clock.read(upinfo.xtime, arrived);
    const handled = server.receive({
      gateway: id,
      time,
      arrived,
      unixTime: receivedAt(upinfo.gpstime),
      frequency,
      sf: rate[0],
      bandwidth: rate[1] * 1000,
      rssi: upinfo.rssi,
      snr: upinfo.snr,
      payload,
      answer: (downlink) => this.#transmit(downlink, upinfo, downlink.time - time, arrived / 1000),
    });
    handled.catch((error: unknown) =>
      onEvent({ event: "uplink failed", gateway: id, error: (error as Error).message }),
    );
  }

  /**
   * A station says when a downlink is on the air (dntxed), and nothing when it does not send it.
   * @param delay microseconds from the uplink's end
   * @param arrived ms of performance.now() at which the uplink came
   */
  #transmit(
    downlink: GatewayDownlink,
    { xtime, rctx }: { xtime: bigint; rctx: bigint },
    delay: number,
    arrived: number,
  ): boolean | Promise<boolean> {
    const { id, region, onEvent } = this.#options;
    const left = arrived + delay / 1000 - performance.now();
    if (this.#socket.readyState !== this.#socket.OPEN) {
      onEvent({ event: "downlink dropped", gateway: id, error: "the station is not connected any more" });
      return false;
    }
    if (left < leastLeadMs || this.#awaiting.size >= mostAwaited) return false;
    this.#diid = (this.#diid + 1) % 2 ** 31;
    const diid = this.#diid;
    this.#send({
      msgtype: "dnmsg",
      // The network server knows the node, the packet does not say it: any but 0, of which a station says no dntxed.
      DevEui: writeEui("0000000000000001"),
      dC: 0,
      diid,
      pdu: Buffer.from(downlink.payload).toString("hex"),
      priority: 1,
      ...timing(downlink, delay, downlinkRate(region, downlink.sf, downlink.bandwidth)),
      xtime,
      rctx,
      MuxTime: Date.now() / 1000,
    } satisfies DownlinkMessage);
    return new Promise((resolve) => {
      const settle = (sent: boolean) => {
        clearTimeout(timer);
        this.#awaiting.delete(diid);
        if (!sent) onEvent({ event: "downlink refused", gateway: id, error: "the station has not sent it" });
        resolve(sent);
      };
      const timer = setTimeout(() => settle(false), left + graceMs);
      this.#awaiting.set(diid, settle);
    });
  }

  #send(message: Record<string, unknown> | DownlinkMessage): void {
    this.#socket.send(writeJson(message), () => undefined);
  }
}

/** Seconds since 1970, by the station's GPS time where it has one that can be right: it has it from PPS, or from us. */
function receivedAt(gpstime: number): number {
  const now = Date.now() / 1000;
  const said = fromGpsTime(gpstime / microseconds);
  return Math.abs(said - now) < mostLate ? said : now;
}

/** RX2 is a second after RxDelay. */
function timing(
  { window, frequency }: GatewayDownlink,
  delay: number,
  rate: number,
): Pick<DownlinkMessage, "RxDelay" | "RX1DR" | "RX1Freq" | "RX2DR" | "RX2Freq"> {
  const seconds = Math.round(delay / microseconds);
  return window === 2 || seconds > longestDelay
    ? { RxDelay: seconds - 1, RX2DR: rate, RX2Freq: frequency }
    : { RxDelay: seconds, RX1DR: rate, RX1Freq: frequency };
}
