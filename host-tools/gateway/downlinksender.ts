import { maxPayloadAt, regions, type Region } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { airtime } from "../air/airtime.js";
import { receiveWindows, type LinkParameters, type Window } from "./parameters.js";
import type { GatewayPort, GatewayUplink } from "./types.js";
import type { NetworkSettings } from "./settings.js";
import { Transmitters } from "./transmitters.js";

export interface DownlinkWindow extends Window {
  /** dBm EIRP. */
  power: number;
  /** The longest payload of a frame without FOpts, bytes. */
  room: number;
  window: 1 | 2;
}

interface Options {
  region: RegionName;
  power?: NetworkSettings["power"];
  /** Only this window. */
  window?: 1 | 2;
}

/** Bytes of a frame without FOpts beside its payload: MHDR, FHDR, FPort, MIC. */
const frameOverhead = 13;

/** dBm EIRP in RX1 and RX2. */
export function downlinkPowers(name: RegionName, power: NetworkSettings["power"] = {}): [rx1: number, rx2: number] {
  const { maxEirp } = regions[name];
  const usual = maxEirp > 20 ? 27 : Math.min(14, Math.floor(maxEirp));
  return [power.rx1 ?? usual, power.rx2 ?? (name === "EU868" ? 27 : usual)];
}

/** Sends downlinks in a node's receive windows, by the gateways that received its uplink. */
export class DownlinkSender {
  readonly #options: Options;
  readonly #region: Region;
  readonly #transmitters: Transmitters;

  constructor(options: Options) {
    this.#options = options;
    this.#region = regions[options.region];
    this.#transmitters = new Transmitters(this.#region);
  }

  addGateway(port: GatewayPort): void {
    this.#transmitters.add(port);
  }

  removeGateway(id: string): void {
    this.#transmitters.remove(id);
  }

  /** RX1 and RX2, or the one that the options select. */
  windows(parameters: LinkParameters, uplink: GatewayUplink, dataRate: number): DownlinkWindow[] {
    const { region: name, window, power } = this.#options;
    const [power1, power2] = downlinkPowers(name, power);
    const [rx1, rx2] = receiveWindows(name, parameters, uplink.frequency, dataRate);
    const room = ({ dataRate: rate }: Window) => maxPayloadAt(this.#region, rate, parameters.downlinkDwell);
    const both = [
      { ...rx1, power: power1, room: room(rx1), window: 1 as const },
      { ...rx2, power: power2, room: room(rx2), window: 2 as const },
    ];
    // The gateways send LoRa only.
    return (window ? [both[window - 1]!] : both).filter((one) => this.#region.dataRates[one.dataRate]);
  }

  /** Sends in RX1, else in RX2, by the best gateway that is free; false when none is. */
  async send(copies: GatewayUplink[], windows: DownlinkWindow[], payload: Buffer): Promise<boolean> {
    return await this.#transmitters.send(
      copies,
      windows
        .filter(({ room }) => payload.length <= room + frameOverhead)
        .map(({ dataRate, delay, frequency, power, window }) => {
          const [sf, kilohertz] = this.#region.dataRates[dataRate]!;
          const bandwidth = kilohertz * 1000;
          const downlink = { frequency, sf, bandwidth, power, payload, window };
          return { delay, downlink, airtime: airtime({ sf, bandwidth, crc: false }, payload.length) };
        }),
    );
  }
}
