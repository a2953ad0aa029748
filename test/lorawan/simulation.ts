import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import type { ServerOptions } from "../../host-tools/gateway/settings.js";
import type { GatewayDownlink } from "../../host-tools/gateway/types.js";
import { encodeJoinRequest } from "../../device/lorawan/frames.js";
import { LoRaWAN } from "../../device/lorawan/lorawan.js";
import { Security } from "../../device/lorawan/security.js";
import type {
  LinkClock,
  LinkOptions,
  LinkRadio,
  Modulation,
  RadioEvent,
  ReceivedPacket,
} from "../../device/lorawan/types.js";
import { nodeCrypto } from "./nodecrypto.js";
import { Random } from "../../host-tools/lib/random.js";

/** Events in order of time, in ms; between two of them every promise that can settle does. */
export class Timeline {
  now = 0;
  #events: { at: number; run: () => void }[] = [];

  at(at: number, run: () => void): void {
    const event = { at: Math.max(at, this.now), run };
    const index = this.#events.findIndex((other) => other.at > event.at);
    if (index < 0) this.#events.push(event);
    else this.#events.splice(index, 0, event);
  }

  /** Runs until `work` settles. @throws when nothing is left to happen before that */
  async during<T>(work: Promise<T>): Promise<T> {
    let done = false as boolean;
    const watched = work.finally(() => (done = true));
    watched.catch(() => undefined);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (done) return watched;
      const event = this.#events.shift();
      if (!event) throw new Error("nothing is left to happen, and the work is not done");
      this.now = event.at;
      event.run();
    }
  }

  /** Lets `ms` pass. */
  pass(ms: number): Promise<void> {
    return this.during(new Promise((resolve) => this.at(this.now + ms, resolve)));
  }
}

/** ms, by the formula of the SX1276 data sheet (4.1.1.7), independent of the code under test. */
export function airtime({ spreadingFactor: sf, bandwidth }: Modulation, bytes: number, crc: boolean): number {
  const symbol = 2 ** sf / bandwidth;
  const slow = symbol >= 0.01638 ? 1 : 0;
  const symbols = 8 + Math.max(0, Math.ceil((8 * bytes - 4 * sf + 28 + (crc ? 16 : 0)) / (4 * (sf - 2 * slow))) * 5);
  return (12.25 + symbols) * symbol * 1000;
}

export interface WorldOptions extends Partial<ServerOptions> {
  seed?: string;
  gateways?: number;
  /** Share of frames lost, each way. */
  loss?: number;
  /** What happens to each downlink on the way; undefined loses it. */
  tamper?: (payload: Uint8Array) => Uint8Array | undefined;
  snr?: number;
  /** Whether the gateways send a downlink; default: they send all. */
  sends?: (downlink: GatewayDownlink) => boolean;
  /** Whether the gateways listen on a frequency; default: on all. */
  listensOn?: (frequency: number) => boolean;
}

/** One node, some gateways and the network server, on the link's real radio interface with simulated timing. */
export class World {
  readonly time = new Timeline();
  readonly server: NetworkServer;
  readonly random: Random;
  readonly uplinksOnAir: { payload: Uint8Array; modulation: Modulation; power: number; end: number }[] = [];
  #downlinks: (GatewayDownlink & { end: number })[] = [];
  loss: number;
  /** Nothing gets through either way. */
  outage = false;
  snr: number;
  tamper: WorldOptions["tamper"];
  sends: NonNullable<WorldOptions["sends"]>;
  readonly #gateways: string[];
  readonly #listensOn: (frequency: number) => boolean;
  /** The result of the node's channel checks (LBT), and how many there were. */
  channelFree = true;
  channelChecks = 0;
  /** Frequencies that the node's radio listened on, one per window. */
  readonly windows: number[] = [];
  /** How often the node's radio was sent to sleep. */
  sleeps = 0;
  /** Thrown by the next transmission. */
  radioFault: Error | undefined;
  /** Thrown in each receive window of this number, 1 or 2. */
  windowFault: { window: number; error: Error } | undefined;

  constructor(region: ServerOptions["region"], options: WorldOptions = {}) {
    this.random = new Random(options.seed ?? "world");
    this.loss = options.loss ?? 0;
    this.snr = options.snr ?? 5;
    this.tamper = options.tamper;
    this.#listensOn = options.listensOn ?? (() => true);
    this.server = new NetworkServer({ region, ...options });
    this.#gateways = Array.from({ length: options.gateways ?? 1 }, (_, i) => `gateway${i}`);
    this.sends = options.sends ?? (() => true);
    const transmit = (downlink: GatewayDownlink): boolean => this.sends(downlink) && (this.#send(downlink), true);
    for (const id of this.#gateways) this.server.addGateway({ id, transmit });
  }

  #send(downlink: GatewayDownlink): void {
    const payload = this.tamper ? this.tamper(downlink.payload) : downlink.payload;
    if (!payload || this.outage || this.random.uniform() < this.loss) return;
    const end = downlink.time / 1000 + airtime({ ...downlink, spreadingFactor: downlink.sf }, payload.length, false);
    this.#downlinks.push({ ...downlink, payload, end });
  }

  /** Transmits any packet, from `time` (ms) on. */
  inject(payload: Uint8Array, modulation: Modulation, time: number): void {
    const { frequency, spreadingFactor: sf, bandwidth } = modulation;
    this.#downlinks.push({
      time: time * 1000,
      frequency,
      sf,
      bandwidth,
      power: 14,
      payload,
      end: time + airtime(modulation, payload.length, false),
    });
  }

  /** The node's clock runs `ppm` fast and was 0 at `boot`. */
  node(
    options: Partial<LinkOptions> & Pick<LinkOptions, "credentials" | "region" | "flash">,
    ppm = 0,
    boot = 0,
  ): { link: LoRaWAN; events: RadioEvent[] } {
    const rate = 1 + ppm / 1e6;
    const { time } = this;
    const worldTime = (at: number) => at / rate + boot;
    const clock: LinkClock = {
      now: () => (time.now - boot) * rate,
      until: (at) =>
        new Promise((resolve) => (worldTime(at) <= time.now ? resolve() : time.at(worldTime(at), resolve))),
    };
    let window = 0;
    const radio: LinkRadio = {
      transmit: (payload, modulation, power) =>
        new Promise((resolve, reject) => {
          window = 0;
          if (this.radioFault) {
            reject(this.radioFault);
            this.radioFault = undefined;
            return;
          }
          const bytes = payload.slice();
          time.at(time.now + airtime(modulation, bytes.length, true), () => {
            this.uplinksOnAir.push({ payload: bytes, modulation, power, end: time.now });
            this.#hear(bytes, modulation);
            resolve(clock.now());
          });
        }),
      receive: (modulation, at, symbols) =>
        new Promise((resolve, reject) => {
          if (clock.now() > at + 50) return resolve(undefined);
          if (this.windowFault?.window === ++window) return reject(this.windowFault.error);
          const symbol = (2 ** modulation.spreadingFactor / modulation.bandwidth) * 1000;
          this.windows.push(modulation.frequency);
          const open = Math.max(time.now, worldTime(at));
          const close = open + symbols * symbol;
          // A transmission is known one second ahead; five of its eight preamble symbols must be within the window.
          time.at(open, () => {
            const found = this.#downlinks.find(
              (other) =>
                other.frequency === modulation.frequency &&
                other.sf === modulation.spreadingFactor &&
                other.bandwidth === modulation.bandwidth &&
                other.time / 1000 + 3 * symbol >= open &&
                other.time / 1000 + 5 * symbol <= close,
            );
            const packet: ReceivedPacket | undefined = found && { payload: found.payload, rssi: -100, snr: this.snr };
            time.at(found ? found.end : close, () => resolve(packet));
          });
        }),
      airtime: (modulation, bytes) => airtime(modulation, bytes, true),
      random: () => this.random.int(0, 0xffffffff),
      sleep: () => void this.sleeps++,
      channelFree: () => {
        this.channelChecks++;
        return Promise.resolve(this.channelFree);
      },
    };
    const events: RadioEvent[] = [];
    const link = new LoRaWAN({ radio, clock, crypto: nodeCrypto, onRadio: (event) => events.push(event), ...options });
    return { link, events };
  }

  /** Sends `count` confirmed payloads, a minute apart. @returns how many were acknowledged */
  async acknowledged(link: LoRaWAN, count: number): Promise<number> {
    let found = 0;
    for (let i = 0; i < count; i++) {
      const result = await this.time.during(link.send(1, Buffer.alloc(5), { confirmed: true }));
      if (result.sent && result.acknowledged) found++;
      await this.time.pass(60000);
    }
    return found;
  }

  #hear(payload: Uint8Array, { frequency, spreadingFactor: sf, bandwidth }: Modulation): void {
    if (this.outage || !this.#listensOn(frequency)) return;
    for (const gateway of this.#gateways) {
      if (this.random.uniform() < this.loss) continue;
      void this.server.receive({
        gateway,
        time: this.time.now * 1000,
        frequency,
        sf,
        bandwidth,
        rssi: -100,
        snr: this.snr,
        payload,
      });
    }
  }
}

export const otaa = {
  devEui: "0004a30b001c0530",
  joinEui: "70b3d57ed0000001",
  appKey: "000102030405060708090a0b0c0d0e0f",
};

/** The join request of the node `otaa`. */
export const joinRequest = (devNonce: number): Uint8Array =>
  encodeJoinRequest(
    new Security(nodeCrypto),
    Buffer.from(otaa.appKey, "hex"),
    Buffer.from(otaa.joinEui, "hex"),
    Buffer.from(otaa.devEui, "hex"),
    devNonce,
  );

export const abp = {
  devAddr: "26000001",
  nwkSKey: "00112233445566778899aabbccddeeff",
  appSKey: "ffeeddccbbaa99887766554433221100",
};
