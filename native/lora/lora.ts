/**
 * LoRa radios SX1261/62/68 and SX1272/76/77/78: packets, listening, channel activity, sleep. Nothing here blocks: every
 * call returns at once and its promise is settled when the chip has answered, or at its timeout (`RadioError`). The driver
 * runs in a task of its own.
 */
import { boardDefaults, pinDefaults, type Chip, type RadioOptions } from "./loraboard.js";
import { putModulation, putWhole, type Modulation } from "./loramodulation.js";

export type { Chip, RadioOptions, RadioPins } from "./loraboard.js";
export type { Modulation } from "./loramodulation.js";

export interface TransmitOptions extends Modulation {
  /** dBm at the chip's pin; more than the board supports is an error. */
  power: number;
}

export interface ReceiveOptions extends Modulation {
  /** Time of `now()` at which the receiver opens; everything else is prepared before. Default: at once. */
  at?: number;
  /** Preamble timeout in symbols (1 to 248 on SX126x, 4 to 1023 on SX127x). */
  timeoutSymbols?: number;
  /** Header timeout in ms. Either this or timeoutSymbols. */
  timeoutMs?: number;
}

/** A receive window after a transmission. The driver opens it by its own clock, however busy script is. */
export interface Window extends Modulation {
  /** ms from the transmission's end to the receiver's opening. */
  delay: number;
  /** Preamble timeout in symbols. */
  timeoutSymbols: number;
}

export interface Transmitted {
  /** Time of `now()` at which the last symbol ended. */
  endedAt: number;
}

export interface Packet {
  payload: Uint8Array;
  /** dBm */
  rssi: number;
  /** dB */
  snr: number;
  /** Frequency error of the sender, Hz (SX127x only, else 0). */
  frequencyError: number;
  /** Time of `now()` at which the packet ended. */
  endedAt: number;
}

export type RadioFault =
  "busyStuck" | "noInterrupt" | "noChip" | "calibration" | "cancelled" | "inUse" | "closed" | "command";

/** The chip failed; it has been reset, and the next call initializes it again. */
export class RadioError extends Error {
  override name = "RadioError";
  readonly fault: RadioFault;

  constructor(fault: RadioFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

const chips: readonly Chip[] = ["sx1261", "sx1262", "sx1268", "sx1272", "sx1276", "sx1277", "sx1278"];
const regulators = ["ldo", "dcdc"] as const;
const rfSwitches = ["none", "dio2", "pins"] as const;
const paPins = ["boost", "rfo"] as const;
const rxGains = ["boosted", "power saving"] as const;
/** In the order of LoraFault (lora.h). */
const faults: readonly RadioFault[] = ["busyStuck", "noInterrupt", "noChip", "calibration", "command", "cancelled"];
/** LoraEventKind (lora.h). */
const kind = { done: 0, packet: 1, nothing: 2, error: 3 } as const;

/** `kind`: LoraEventKind, and above its four bits the window, counted from 1. */
type Event = (
  kind: number,
  time: number,
  value: number,
  rssi: number,
  snr: number,
  payload: ArrayBuffer | undefined,
  text: string | undefined,
) => void;
interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

function choice(value: string, names: readonly string[], what: string): number {
  const index = names.indexOf(value);
  if (index < 0) throw new RangeError(`radio: ${what} "${value}": one of ${names.join(", ")} expected`);
  return index;
}

/** Numbers of a LoraWindow, and LORA_WINDOWS (lora.h). */
const windowNumbers = 11;
const mostWindows = 2;

export default class Radio extends (Native("xs_lora_destructor") as new () => object) {
  /** LoraModulation and further arguments (loraBinding.c); filled for each call. */
  readonly #settings = new Int32Array(14);
  #waiting: Waiting | undefined;
  #onPacket: ((packet: Packet) => void) | undefined;
  /** Windows of the transmission that are to end; and what those that have ended gave, until it is asked for. */
  #windows = 0;
  readonly #results: ((waiting: Waiting) => void)[] = [];
  #closed = false;

  /** Allocates the pins; the first call initializes the chip. @throws RangeError for an invalid board */
  constructor(options: RadioOptions) {
    super();
    const {
      pins = {},
      tcxoVoltage = boardDefaults.tcxoVoltage,
      tcxoDelay = boardDefaults.tcxoDelay,
      regulator = boardDefaults.regulator,
      rfSwitch = boardDefaults.rfSwitch,
      paPin = boardDefaults.paPin,
      maxPower = 127,
      rxGain = boardDefaults.rxGain,
    } = options;
    const board = new Int32Array(20);
    let at = putWhole(board, 0, "chip", choice(options.chip, chips, "chip"));
    at = putWhole(board, at, "tcxoVoltage (tenths)", Math.round(tcxoVoltage * 10));
    at = putWhole(board, at, "tcxoDelay (microseconds)", Math.round(tcxoDelay * 1000));
    at = putWhole(board, at, "regulator", choice(regulator, regulators, "regulator"));
    at = putWhole(board, at, "rfSwitch", choice(rfSwitch, rfSwitches, "rfSwitch"));
    at = putWhole(board, at, "paPin", choice(paPin, paPins, "paPin"));
    at = putWhole(board, at, "maxPower", maxPower);
    at = putWhole(board, at, "rxGain", choice(rxGain, rxGains, "rxGain"));
    at = putWhole(board, at, "spi", pins.spi ?? pinDefaults.spi);
    at = putWhole(board, at, "clock", pins.clock ?? -1);
    at = putWhole(board, at, "dataOut", pins.dataOut ?? -1);
    at = putWhole(board, at, "dataIn", pins.dataIn ?? -1);
    at = putWhole(board, at, "select", pins.select ?? -1);
    at = putWhole(board, at, "frequency", pins.frequency ?? pinDefaults.frequency);
    at = putWhole(board, at, "reset", pins.reset ?? -1);
    at = putWhole(board, at, "busy", pins.busy ?? -1);
    at = putWhole(board, at, "dio0", pins.dio0 ?? -1);
    at = putWhole(board, at, "dio1", pins.dio1 ?? -1);
    at = putWhole(board, at, "txEnable", pins.txEnable ?? -1);
    putWhole(board, at, "rxEnable", pins.rxEnable ?? -1);
    this.#open(board.buffer, this.#onEvent);
  }

  /** The radio's clock in ms, with microsecond resolution; it continues through deep sleep, but not through a reset. */
  now(): number {
    return native("xs_lora_now").call(this) as number;
  }

  /** @param windows at most two, which the driver opens after the transmission: their packets come by `window` */
  transmit(
    payload: Uint8Array | ArrayBuffer,
    options: TransmitOptions,
    windows: readonly Window[] = [],
  ): Promise<Transmitted> {
    const numbers = new Int32Array(1 + windowNumbers * mostWindows);
    numbers[0] = windows.length;
    for (let i = 0, at = 1; i < Math.min(windows.length, mostWindows); i++) {
      const window = windows[i]!;
      at = putModulation(numbers, at, window);
      at = putWhole(numbers, at, "delay (microseconds)", Math.round(window.delay * 1000));
      at = putWhole(numbers, at, "timeoutSymbols", window.timeoutSymbols);
    }
    return this.#start(() => {
      this.#transmit(payload, this.#fill(options, options.power), numbers.buffer);
      this.#windows = windows.length;
    }) as Promise<Transmitted>;
  }

  /** What the transmission's next window has received, now or when it ends: a packet with a valid CRC, or undefined. */
  window(): Promise<Packet | undefined> {
    const result = this.#results.shift();
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      if (result) result(waiting);
      else if (this.#windows === 0) reject(new RangeError("radio: no window of a transmission is left"));
      else if (this.#waiting) reject(new RadioError("inUse", "the radio is busy with another call; standby() ends it"));
      else this.#waiting = waiting;
    });
  }

  /** One packet with a valid CRC; undefined at the timeout. */
  receive(options: ReceiveOptions): Promise<Packet | undefined> {
    const { at = 0, timeoutSymbols = 0, timeoutMs = 0 } = options;
    if (timeoutSymbols > 0 === timeoutMs > 0)
      throw new RangeError(
        "radio: receive needs timeoutSymbols or timeoutMs, above 0, and not both; listen() has no timeout",
      );
    return this.#start(() =>
      this.#receive(this.#fill(options, 0, timeoutSymbols, Math.round(timeoutMs * 1000)), at),
    ) as Promise<Packet | undefined>;
  }

  /** Listens without timeout; the promise is settled by standby(), sleep() or an error. */
  async listen(options: Modulation, onPacket: (packet: Packet) => void): Promise<void> {
    await this.#start(() => {
      this.#receive(this.#fill(options, 0), 0);
      this.#onPacket = onPacket;
    });
  }

  /** Channel activity detection of this modulation. */
  async cad(options: Modulation): Promise<boolean> {
    return (await this.#start(() => this.#detect(this.#fill(options, 0)))) === 1;
  }

  /** Strongest signal on the channel during `ms`, dBm. */
  async rssi(options: Modulation, ms: number): Promise<number> {
    return (await this.#start(() => this.#measure(this.#fill(options, 0, 0, Math.round(ms * 1000))))) as number;
  }

  /** 32 random bits from the receiver's noise. */
  random(): Promise<number> {
    return this.#start(() => this.#random()).then((bits) => (bits as number) >>> 0);
  }

  /** Sleep mode. Warm (default) retains the configuration; cold loses it and draws the least current. Ends the current operation. */
  sleep({ warm = true }: { warm?: boolean } = {}): Promise<void> {
    this.#cancel();
    return this.#start(() => this.#sleep(warm)) as Promise<void>;
  }

  /** Ends the current operation. */
  async standby(): Promise<void> {
    this.#cancel();
    await this.#start(() => this.#standby());
  }

  /** Releases the pins; the current operation fails with "closed". May be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#windows = this.#results.length = 0;
    this.#settle((waiting) => waiting.reject(new RadioError("closed", "the radio was closed")));
    native("xs_lora_close").call(this);
  }

  readonly #onEvent: Event = (kindAndWindow, time, value, rssi, snr, payload, text) => {
    const what = kindAndWindow & 15;
    const isWindow = kindAndWindow > 15;
    if (isWindow) this.#windows--;
    // A transmission that failed has no windows; one window that fails leaves the other.
    if (what === kind.error && !isWindow) this.#windows = 0;
    const packet = payload
      ? { payload: new Uint8Array(payload), rssi, snr, frequencyError: value, endedAt: time }
      : undefined;
    if (packet && this.#onPacket) this.#onPacket(packet);
    else if (what === kind.error)
      this.#give(isWindow, (waiting) => waiting.reject(new RadioError(faults[value] ?? "command", text ?? "")));
    else if (what === kind.nothing) this.#give(isWindow, (waiting) => waiting.resolve(undefined));
    else
      this.#give(isWindow, (waiting) =>
        waiting.resolve(packet ?? (what === kind.done && value === transmitted ? { endedAt: time } : value)),
      );
  };

  /** A window's result waits for `window`. */
  #give(isWindow: boolean, call: (waiting: Waiting) => void): void {
    if (isWindow && !this.#waiting) this.#results.push(call);
    else this.#settle(call);
  }

  #settle(call: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = this.#onPacket = undefined;
    if (waiting) call(waiting);
  }

  #cancel(): void {
    this.#windows = this.#results.length = 0;
    const isListening = this.#onPacket !== undefined;
    this.#settle((waiting) =>
      isListening
        ? waiting.resolve(undefined)
        : waiting.reject(new RadioError("cancelled", "standby, sleep or close ended it")),
    );
  }

  #start(call: () => void): Promise<unknown> {
    if (this.#closed) return Promise.reject(new RadioError("closed", "the radio is closed"));
    if (this.#waiting || this.#windows > 0)
      return Promise.reject(new RadioError("inUse", "the radio is busy with another call; standby() ends it"));
    this.#results.length = 0;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      try {
        call();
      } catch (error) {
        this.#waiting = undefined;
        throw error;
      }
    });
  }

  #fill(options: Modulation, power: number, timeoutSymbols = 0, timeoutMicroseconds = 0): ArrayBuffer {
    let at = putModulation(this.#settings, 0, options);
    at = putWhole(this.#settings, at, "power", power);
    at = putWhole(this.#settings, at, "timeoutSymbols", timeoutSymbols);
    putWhole(this.#settings, at, "timeoutMicroseconds", timeoutMicroseconds);
    return this.#settings.buffer;
  }

  #open(board: ArrayBuffer, onEvent: Event) {
    native("xs_lora_open").call(this, board, onEvent);
  }
  #transmit(payload: Uint8Array | ArrayBuffer, settings: ArrayBuffer, windows: ArrayBuffer) {
    native("xs_lora_transmit").call(this, payload, settings, windows);
  }
  #receive(settings: ArrayBuffer, at: number) {
    native("xs_lora_receive").call(this, settings, at);
  }
  #detect(settings: ArrayBuffer) {
    native("xs_lora_detect").call(this, settings);
  }
  #measure(settings: ArrayBuffer) {
    native("xs_lora_measure").call(this, settings);
  }
  #random() {
    native("xs_lora_random").call(this);
  }
  #sleep(warm: boolean) {
    native("xs_lora_sleep").call(this, warm);
  }
  #standby() {
    native("xs_lora_standby").call(this);
  }
}

/** The value of a transmission's `done` event, which no other operation has. */
const transmitted = 0x7fffffff;
