/** What loam knows of a development board: facts with their sources. */
import type { RadioOptions } from "../../../native/lora/loraboard.js";
import type { chips } from "../chips.js";

/** A radio on the board, as `radio.board` of a node description. */
export type BoardRadio = RadioOptions & { chip: "sx1262" | "sx1276" };

export interface Board {
  title: string;
  chip: keyof typeof chips;
  /** MB of flash. */
  flash: 4 | 8;
  /** What the USB connector leads to: a serial chip on UART0, or the USB of the ESP32 itself. */
  usb: "uart" | "own";
  /** The pins of UART0 that a serial chip at the USB connector is wired to. */
  serial?: { transmit: number; receive: number };
  /** Undefined when the board has no radio: the description says what is wired to it. */
  radio?: BoardRadio;
  /** What else is wired to pins, by GPIO; no sensor, actuator or other radio can use them. */
  wired: Readonly<Record<number, string>>;
  /** Pins with another use that may be given up, by GPIO: a warning. */
  shared: Readonly<Record<number, string>>;
  /** An I2C bus with chips of the board, by their addresses; sensors may be on it too. */
  i2c?: { data: number; clock: number; chips: Readonly<Record<number, string>> };
  /** The user's button: to ground when it is pressed. */
  button?: number;
  /** The user's LED, which an actuator may switch. */
  led?: number;
  /** How the battery's voltage reaches an analog pin. */
  battery?: {
    pin: number;
    /** The battery's voltage by that of the pin. */
    ratio: number;
    /** A pin that connects the divider at this level. */
    enable?: { pin: number; level: 0 | 1 };
  };
  /** Of the whole board on its battery, in deep sleep without the LoRa radio; undefined: no figure with a source. */
  sleepCurrent?: { microamperes: number; source: string };
  /** A pin that switches a supply of the board, which sensors may be on: at this level. */
  supply?: { pin: number; level: 0 | 1; name: string };
  /** Free pins to begin with: a bus, analog inputs, outputs. */
  free: { i2c?: { data: number; clock: number }; analog: readonly number[]; outputs: readonly number[] };
  sources: readonly string[];
  /** Which of it independent sources say, what was compared, and where they differ. */
  checked: string;
}
