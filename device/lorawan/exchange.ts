import { linkDefaults } from "./defaults.js";
import type { Prng } from "./prng.js";
import type { DutyCycle } from "./dutycycle.js";
import { bandOf, rx1DataRate } from "./regions/regions.js";
import type { Session } from "./session.js";
import type { LinkOptions, Modulation, ReceivedPacket, TimedWindow } from "./types.js";
import { clockError, receiveWindow } from "./windows.js";

/** ms from the receive call to a listening receiver. */
const wakeMs = 1;

/** A channel, and the time from which it may be used. */
export interface Choice {
  channel: number;
  /** The clock's time (ms); Infinity: never, with the current settings. */
  at: number;
}

/** Transmits frames on a legal channel at a legal time, and opens the receive windows. */
export class Exchange {
  readonly #options: LinkOptions;
  readonly #session: Session;
  readonly #duty: DutyCycle;
  readonly #prng: Prng;
  /** The link was closed, which ends what the radio does. */
  isClosed = false;

  constructor(options: LinkOptions, session: Session, duty: DutyCycle, prng: Prng) {
    this.#prng = prng;
    this.#options = options;
    this.#session = session;
    this.#duty = duty;
  }

  airtime(dataRate: number, bytes: number): number {
    return this.#options.radio.airtime(this.#modulation(0, dataRate), bytes);
  }

  /**
   * The channel for a frame: at random among those available now, else the one available first. `avoid` is used only if it is the only one.
   * @param spare share of a band's duty cycle that must be left
   */
  choose(dataRate: number, bytes: number, avoid: number, allowed: (channel: number) => boolean, spare = 0): Choice {
    const { channels } = this.#session;
    const { region } = channels;
    const airtime = this.airtime(dataRate, bytes);
    const limit = this.#dwellLimit(dataRate);
    const best: Choice = { channel: -1, at: Infinity };
    if (limit > 0 && airtime > limit) return best;
    const now = this.#options.clock.now();
    let free = 0;
    for (let channel = 0; channel < channels.end; channel++) {
      if (!channels.carries(channel, dataRate) || !channels.exists(channel) || !allowed(channel)) continue;
      const at = this.#duty.earliest(bandOf(region, channels.uplinkFrequency(channel)), airtime, now, spare);
      if (at <= now) {
        // Reservoir sampling: each available channel is equally likely.
        free++;
        if (best.at > now || best.channel === avoid || (channel !== avoid && this.#prng.below(free) === 0)) {
          best.channel = channel;
          best.at = at;
        }
      } else if (at < best.at) {
        best.channel = channel;
        best.at = at;
      }
    }
    return best;
  }

  /** Before transmitting: whether the airtime must be persisted first. */
  reserve(channel: number, dataRate: number, bytes: number): boolean {
    const { channels } = this.#session;
    return this.#duty.reserve(
      bandOf(channels.region, channels.uplinkFrequency(channel)),
      this.airtime(dataRate, bytes),
    );
  }

  /** Listen before talk, where the region requires it. */
  isFree(channel: number): true | Promise<boolean> {
    const { listen } = this.#session.channels.region;
    const { radio } = this.#options;
    if (!listen || !radio.channelFree) return true;
    return radio.channelFree(this.#session.channels.uplinkFrequency(channel), listen.threshold, listen.ms);
  }

  /** The receive windows of an uplink on `channel`: RX1 `delay` ms after its end, unless its data rate is not LoRa's, and RX2 a second later. */
  windows(channel: number, dataRate: number, delay: number): TimedWindow[] {
    const session = this.#session;
    const { channels } = session;
    const rx1Rate = rx1DataRate(channels.region, dataRate, session.rx1Offset, session.downlinkDwell) ?? dataRate;
    const rx2 = this.#window(delay + 1000, session.rx2Frequency, session.rx2DataRate);
    if (!channels.region.dataRates[rx1Rate]) return [rx2];
    return [this.#window(delay, channels.rx1Frequency(channel), rx1Rate), rx2];
  }

  /** Those of a join request: the region's defaults, whatever a session has changed. */
  joinWindows(channel: number, dataRate: number, delay: number): TimedWindow[] {
    const { channels } = this.#session;
    const { region } = channels;
    const rx1Rate = rx1DataRate(region, dataRate, 0, region.dwellTimeByDefault) ?? dataRate;
    const rx1Frequency = region.fixed ? channels.rx1Frequency(channel) : channels.uplinkFrequency(channel);
    return [
      this.#window(delay, rx1Frequency, rx1Rate),
      this.#window(delay + 1000, channels.rx2Frequency(channel), region.rx2.dataRate),
    ];
  }

  /** Transmits; then `listen` receives in the windows. @returns the clock's time (ms) of the end */
  async transmit(
    frame: Uint8Array,
    channel: number,
    dataRate: number,
    windows: readonly TimedWindow[],
    kind: "join" | "uplink",
    counter: number,
  ): Promise<number> {
    const session = this.#session;
    const { region } = session.channels;
    const frequency = session.channels.uplinkFrequency(channel);
    const { lowPower, fewChannels } = region;
    let power = session.maxEirp - 2 * session.powerIndex;
    if (fewChannels && session.channels.enabled125() < fewChannels.below) power = Math.min(power, fewChannels.eirp);
    if (lowPower && frequency >= lowPower.from && frequency < lowPower.to) power = Math.min(power, lowPower.eirp);
    power -= this.#options.antennaGain ?? linkDefaults.antennaGain;
    power = Math.min(power, region.maxConducted ?? power);
    const airtime = this.airtime(dataRate, frame.length);
    const band = bandOf(region, frequency);
    // Counted even if the radio then fails: the frame may have been transmitted.
    let end = this.#options.clock.now() + airtime;
    try {
      end = await this.#options.radio.transmit(frame, this.#modulation(frequency, dataRate), power, windows);
    } finally {
      this.#duty.spend(band, airtime, end, 2 ** session.maxDCycle);
    }
    this.#options.onRadio?.({ kind, at: end, frequency, dataRate, bytes: frame.length, airtime, counter });
    return end;
  }

  /**
   * RX1 and, when it received nothing that `accept` takes, RX2, of the uplink that ended at `end`.
   * @returns whether something was accepted
   */
  async listen(
    end: number,
    windows: readonly TimedWindow[],
    accept: (packet: ReceivedPacket) => boolean,
  ): Promise<boolean> {
    const { radio } = this.#options;
    try {
      for (let i = 0; i < windows.length; i++) {
        const window = windows[i]!;
        const packet = await this.#receive(window, end + window.delay);
        if (!packet || !accept(packet)) continue;
        this.#report(window, packet);
        return true;
      }
      return false;
    } finally {
      radio.sleep();
    }
  }

  /** A radio that fails in a window takes nothing from the next, and what was sent stays sent. */
  async #receive({ modulation, symbols }: TimedWindow, at: number): Promise<ReceivedPacket | undefined> {
    try {
      return await this.#options.radio.receive(modulation, at, symbols);
    } catch (error) {
      if (!this.isClosed) this.#options.onRadioError?.(error);
      return undefined;
    }
  }

  #report({ modulation, dataRate }: TimedWindow, { payload }: ReceivedPacket): void {
    const { radio, clock } = this.#options;
    this.#options.onRadio?.({
      kind: "downlink",
      at: clock.now(),
      frequency: modulation.frequency,
      dataRate,
      bytes: payload.length,
      airtime: radio.airtime(modulation, payload.length),
      counter: lowCounter(payload),
    });
  }

  #window(nominal: number, frequency: number, dataRate: number): TimedWindow {
    const { clockErrorPpm = linkDefaults.clockErrorPpm, timingErrorMs = linkDefaults.timingErrorMs } = this.#options;
    const modulation = this.#modulation(frequency, dataRate);
    const { offset, symbols } = receiveWindow(
      modulation.spreadingFactor,
      modulation.bandwidth,
      clockError(nominal, clockErrorPpm, timingErrorMs),
      wakeMs,
    );
    return { modulation, dataRate, delay: nominal + offset, symbols };
  }

  #dwellLimit(dataRate: number): number {
    const { region } = this.#session.channels;
    const narrow = region.dataRates[dataRate]?.[1] === 125;
    if (narrow && region.regulatoryDwell > 0) return region.regulatoryDwell;
    return this.#session.uplinkDwell ? 400 : 0;
  }

  #modulation(frequency: number, dataRate: number): Modulation {
    const rate = this.#session.channels.region.dataRates[dataRate]!;
    return { frequency, spreadingFactor: rate[0], bandwidth: rate[1] * 1000 };
  }
}

/** Lower 16 bits of a data frame's FCnt. */
function lowCounter(frame: Uint8Array): number {
  return frame[6]! | (frame[7]! << 8);
}
