/** What the boot loader knows of a slot; in the order of FirmwareState (firmwareHal.h). */
export type FirmwareState = "unknown" | "new" | "pending" | "valid" | "invalid" | "aborted";

const states: readonly FirmwareState[] = ["unknown", "new", "pending", "valid", "invalid", "aborted"];

/** The two slots of flash that a firmware runs in. A new one comes into the other by the SDK's module `embedded:update`. */
const Firmware = {
  /** The slot that runs, 0 or 1; -1 where there are none. */
  get running(): number {
    return native("xs_firmware_running").call(this) as number;
  },

  stateOf(slot: number): FirmwareState {
    return states[native("xs_firmware_state").call(this, slot) as number]!;
  },

  /** What runs is good: "pending" is over. @returns false when flash failed */
  confirm(): boolean {
    return native("xs_firmware_confirm").call(this) as boolean;
  },

  /** What runs is not: after a restart it is the other slot's turn. @returns false when there is nothing in it that could be started */
  giveUp(): boolean {
    return native("xs_firmware_giveUp").call(this) as boolean;
  },

  /** A reset, which lets the boot loader choose; RTC memory stays. */
  restart(): void {
    native("xs_firmware_restart").call(this);
  },

  /** Of the image that runs, where it is another one than the manifest's: in simulation. */
  get version(): string | undefined {
    return native("xs_firmware_version").call(this) as string | undefined;
  },
};

export default Firmware;
