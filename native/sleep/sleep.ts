/** Why the program began; in the order of SleepCause (sleepHal.h). */
export type Cause = "timer" | "power" | "reset" | "watchdog" | "panic" | "brownout";

const causes: readonly Cause[] = ["timer", "power", "reset", "watchdog", "panic", "brownout"];

/** Deep sleep, and what outlasts the program: RTC memory, the RTC, and held pins. */
const Sleep = {
  /** Whether the platform has deep sleep. */
  get canSleep(): boolean {
    return native("xs_sleep_can").call(this) as boolean;
  },

  /** "timer": a deep sleep has ended. "power": nothing was retained. */
  get cause(): Cause {
    return causes[native("xs_sleep_cause").call(this) as number]!;
  },

  /** ms since power-on by the RTC, with microseconds: it runs through deep sleep and resets, and may be off by per cents. */
  get rtc(): number {
    return native("xs_sleep_rtc").call(this) as number;
  },

  /** The record in RTC memory: undefined when it has another layout, is damaged, or there is none. @param layout an integer of 32 bits */
  read(layout: number): ArrayBuffer | undefined {
    return native("xs_sleep_read").call(this, layout, 0) as ArrayBuffer | undefined;
  },

  /** Replaces the record by the first `length` bytes of `bytes`; a reset meanwhile leaves the old one. @throws RangeError when it is too long */
  write(layout: number, bytes: ArrayBuffer | Uint8Array, length: number): void {
    native("xs_sleep_write").call(this, layout, bytes, length, 0);
  },

  /** Like `read`, of a small record apart from the other: that of the node's starts. `erase` leaves it. */
  readStarts(layout: number): ArrayBuffer | undefined {
    return native("xs_sleep_read").call(this, layout, 1) as ArrayBuffer | undefined;
  },

  writeStarts(layout: number, bytes: ArrayBuffer | Uint8Array, length: number): void {
    native("xs_sleep_write").call(this, layout, bytes, length, 1);
  },

  /** Like `readStarts`, of what must be known of the app script. */
  readScript(layout: number): ArrayBuffer | undefined {
    return native("xs_sleep_read").call(this, layout, 2) as ArrayBuffer | undefined;
  },

  writeScript(layout: number, bytes: ArrayBuffer | Uint8Array, length: number): void {
    native("xs_sleep_write").call(this, layout, bytes, length, 2);
  },

  /** CRC-32 as an integer of 32 bits, for a layout that depends on a file. */
  checksum(bytes: ArrayBuffer | Uint8Array): number {
    return native("xs_sleep_checksum").call(this, bytes) as number;
  },

  /** Removes the record. */
  erase(): void {
    native("xs_sleep_erase").call(this);
  },

  /** Ends the program for `ms`, by the RTC. @throws Error where there is no deep sleep */
  deep(ms: number): void {
    native("xs_sleep_deep").call(this, ms);
  },

  /** Keeps a pin as it is through deep sleep, and after it until `release`. */
  hold(pin: number): void {
    native("xs_sleep_hold").call(this, pin);
  },

  release(pin: number): void {
    native("xs_sleep_release").call(this, pin);
  },

  /** Keeps an output driven in light sleep too: an ESP32-S3 or -C3 disconnects all other pins there. */
  keep(pin: number): void {
    native("xs_sleep_keep").call(this, pin);
  },

  /** Keeps the processor out of light sleep, and its clocks at their full rate, until it is called with false: a UART hears nothing otherwise. */
  awake(isOn: boolean): void {
    native("xs_sleep_awake").call(this, isOn);
  },

  /** Lets the processor sleep whenever it has nothing to do. @returns false where the firmware was built without power management */
  light(): boolean {
    return native("xs_sleep_light").call(this) as boolean;
  },
};

export default Sleep;
