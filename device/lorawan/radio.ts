import airtime from "airtime";
import Radio, { type Modulation as RadioModulation, type RadioOptions, type Window } from "lora";
import Timer from "timer";
import { linkPower } from "./power.js";
import { Prng } from "./prng.js";
import type { LinkClock, LinkRadio, Modulation, ReceivedPacket, TimedWindow } from "./types.js";

/** Longest receive window in symbols that every chip supports. */
const maxSymbols = 248;
/** ms after its time at which a window is not worth opening. */
const tooLate = 50;
/** Timers run up to this long (ms); longer waits are made of several. */
const maxTimer = 2 ** 30;

/** The link's radio and clock on `native/lora`. Calls to the chip are serialized; a pending sleep is awaited. */
export class LoraRadio implements LinkRadio, LinkClock {
  readonly #radio: Radio;
  readonly #lowest: number;
  readonly #highest: number;
  /** The link's clock when the radio's was 0, ms. */
  readonly #base: number;
  #settled: Promise<unknown> = Promise.resolve();
  /** Windows of the last transmission that were not received yet. */
  #windows = 0;
  readonly #prng = new Prng();

  private constructor(radio: Radio, options: RadioOptions, now: (() => number) | undefined) {
    this.#radio = radio;
    this.#base = now ? now() - radio.now() : 0;
    [this.#lowest, this.#highest] = linkPower(options.chip, options.paPin);
    this.#highest = Math.min(this.#highest, options.maxPower ?? this.#highest);
  }

  /**
   * Sets the chip up and seeds `random` from its noise. @param now what the link's clock shows; default: as the radio's, which begins with the program
   * @throws RangeError for an invalid board, RadioError
   */
  static async open(options: RadioOptions, now?: () => number): Promise<LoraRadio> {
    const radio = new Radio(options);
    try {
      const result = new LoraRadio(radio, options, now);
      result.#prng.seed(await radio.random(), 0, 0);
      await radio.sleep();
      return result;
    } catch (error) {
      radio.close();
      throw error;
    }
  }

  now(): number {
    return this.#base + this.#radio.now();
  }

  until(at: number): Promise<void> {
    return new Promise((resolve) => {
      const wait = () => {
        const left = at - this.now();
        if (left <= 0) resolve();
        else Timer.set(wait, Math.min(Math.ceil(left), maxTimer));
      };
      wait();
    });
  }

  async transmit(
    payload: Uint8Array,
    modulation: Modulation,
    power: number,
    windows: readonly TimedWindow[],
  ): Promise<number> {
    await this.#settled;
    // Whole dBm, and never more than allowed; the sum may be off by a bit of its last digit.
    const dbm = Math.min(this.#highest, Math.max(this.#lowest, Math.floor(power + 1e-6)));
    const { endedAt } = await this.#radio.transmit(
      payload,
      { ...uplink(modulation), power: dbm },
      windows.map((window): Window => {
        const settings = downlink(window.modulation, window.symbols) as Window;
        settings.delay = window.delay;
        return settings;
      }),
    );
    this.#windows = windows.length;
    return this.#base + endedAt;
  }

  receive(modulation: Modulation, at: number, symbols: number): Promise<ReceivedPacket | undefined> {
    if (this.#windows > 0) {
      this.#windows--;
      return this.#radio.window();
    }
    return this.#settled.then(() =>
      this.now() > at + tooLate
        ? undefined
        : this.#radio.receive({ ...downlink(modulation, symbols), at: at - this.#base }),
    );
  }

  airtime(modulation: Modulation, bytes: number): number {
    return airtime(bytes, uplink(modulation)) / 1000;
  }

  /** Continues from a seed of the radio's noise. */
  random(): number {
    return this.#prng.next();
  }

  sleep(): void {
    // An error here shows in the next call.
    this.#windows = 0;
    this.#settled = this.#radio.sleep().catch(() => undefined);
  }

  /** For a deep sleep: the chip draws the least current, and forgets its configuration. One that does not answer keeps no node awake: the next start reports it. */
  shutDown(): Promise<void> {
    return this.#settled.then(() => this.#radio.sleep({ warm: false })).catch(() => undefined);
  }

  async channelFree(frequency: number, threshold: number, ms: number): Promise<boolean> {
    await this.#settled;
    const strongest = await this.#radio.rssi({ frequency, sf: 7, bandwidth: 125000 }, ms);
    return strongest <= threshold;
  }

  close(): void {
    this.#radio.close();
  }
}

function downlink({ frequency, spreadingFactor, bandwidth }: Modulation, symbols: number) {
  return {
    frequency,
    sf: spreadingFactor,
    bandwidth,
    invertIQ: true,
    crc: false,
    timeoutSymbols: Math.min(symbols, maxSymbols),
  };
}

function uplink({ frequency, spreadingFactor, bandwidth }: Modulation): RadioModulation {
  return { frequency, sf: spreadingFactor, bandwidth };
}
