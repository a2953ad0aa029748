import { DutyCycle } from "../../device/lorawan/dutycycle.js";
import { bandOf, type Region } from "../../device/lorawan/regions/regions.js";
import type { GatewayDownlink, GatewayPort, GatewayUplink } from "./types.js";

/** A gateway's transmitter: one packet at a time, within its duty cycle. */
class Transmitter {
  readonly #port: GatewayPort;
  readonly #duty: DutyCycle;
  readonly #region: Region;
  /** Scheduled transmissions, microseconds. */
  #booked: { start: number; end: number }[] = [];

  constructor(port: GatewayPort, region: Region) {
    this.#port = port;
    this.#region = region;
    this.#duty = new DutyCycle(region);
  }

  isFree(frequency: number, start: number, airtime: number): boolean {
    this.#booked = this.#booked.filter((other) => other.end > start - 60e6);
    if (this.#booked.some((other) => start < other.end && start + airtime > other.start)) return false;
    return this.#duty.earliest(bandOf(this.#region, frequency), airtime / 1000, start / 1000) <= start / 1000;
  }

  async send(
    downlink: GatewayDownlink,
    airtime: number,
    transmit: GatewayPort["transmit"] = this.#port.transmit,
  ): Promise<boolean> {
    const booking = { start: downlink.time, end: downlink.time + airtime };
    this.#booked.push(booking);
    const taken = await transmit(downlink);
    if (taken) this.#duty.spend(bandOf(this.#region, downlink.frequency), airtime / 1000, booking.end / 1000, 1);
    else this.#booked = this.#booked.filter((other) => other !== booking);
    return taken;
  }
}

/** The transmitters of a network. */
export class Transmitters {
  readonly #region: Region;
  readonly #byId = new Map<string, Transmitter>();

  constructor(region: Region) {
    this.#region = region;
  }

  add(port: GatewayPort): void {
    this.#byId.set(port.id, new Transmitter(port, this.#region));
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  /**
   * Sends by the first of the gateways that received the uplink (best first) that is free in one of the windows, in their order, and does not refuse.
   * @param delay microseconds from the uplink's end at the gateway that sends
   * @param airtime microseconds of each window's packet
   */
  async send(
    copies: GatewayUplink[],
    windows: { delay: number; downlink: Omit<GatewayDownlink, "time">; airtime: number }[],
  ): Promise<boolean> {
    for (const { delay, downlink, airtime } of windows) {
      for (const { gateway, time: end, answer } of copies) {
        const transmitter = this.#byId.get(gateway);
        const time = end + delay;
        if (!transmitter?.isFree(downlink.frequency, time, airtime)) continue;
        if (await transmitter.send({ time, ...downlink }, airtime, answer)) return true;
      }
    }
    return false;
  }
}
