import type { InForce, UpdateStatus } from "../codec/update.js";
import { FieldReader, FieldWriter, type Fields, type RetainedPart } from "../flash/fields.js";
import { MirroredRecords } from "../flash/mirrored.js";
import type { FlashPartition } from "../flash/partition.js";

/** Part of a package in force. */
export interface Part {
  /** 0: the firmware's own. */
  sequence: number;
  version: number;
  /** Where the package is, how long it is, and its CRC-32. */
  slot: number;
  bytes: number;
  check: number;
}

export const partNames = ["script", "model", "settings"] as const;
export type PartName = (typeof partNames)[number];

/** What replaces the firmware's own. */
export interface Parts extends Record<PartName, Part> {
  /** Of settings: their bytes, which need no slot. */
  items: Uint8Array;
}

export interface Installed {
  /** The highest sequence that was ever in force. */
  newest: number;
  current: Parts;
  /** The predecessor of each part, which has proved itself; the firmware's own when there is none, or its slot was used again. */
  previous: Parts;
  /** Parts of this sequence and higher have not proved themselves; 0: all have. */
  probationFrom: number;
  /** Checksum of profile and levels that the parts were made for; 0: there have never been any. */
  madeFor: number;
}

/** What has to happen on probation. */
export interface Proof {
  isAcknowledged: boolean;
  isWindowHandled: boolean;
}

/** What has happened on probation. */
export interface Trial extends Proof {
  /** Of the package. */
  sequence: number;
  /** Crashes and hangs. */
  failures: number;
}

/** A package that is being received. */
export interface Staged {
  slot: number;
  bytes: number;
  /** 0 until all of it is there; then 1, and 1 more for each time that checking it was begun: it must not crash the node for ever. */
  attempts: number;
  /** FragSessionSetupReq (TS004), when it comes in fragments; else empty. */
  setup: Uint8Array;
}

/** A firmware that was chosen, and has not confirmed itself. */
export interface FirmwareTrial extends Proof {
  /** The highest sequence that ever ran. */
  newest: number;
  /** 0: there is none. */
  sequence: number;
  /** Where it is. */
  slot: number;
  /** Its place in `refusals`, when it has given itself up; else 0. */
  reason: number;
}

/** 0: nothing installed of this kind. */
const kinds = { installed: 1, trial: 2, staged: 3, counter: 4, firmware: 5 } as const;

const nothingStaged = (): Staged => ({ slot: 0, bytes: 0, attempts: 0, setup: new Uint8Array(0) });
export const firmwarePart = (): Part => ({ sequence: 0, version: 0, slot: 0, bytes: 0, check: 0 });
export const firmwareParts = (): Parts => ({
  script: firmwarePart(),
  model: firmwarePart(),
  settings: firmwarePart(),
  items: new Uint8Array(0),
});

export const isProved = ({ isAcknowledged, isWindowHandled }: Proof): boolean => isAcknowledged && isWindowHandled;

/** @returns undefined when that is nothing new */
export function withProof<T extends Proof>(trial: T, what: Partial<Proof>): T | undefined {
  const { isAcknowledged, isWindowHandled } = { ...trial, ...what };
  const isKnown = isAcknowledged === trial.isAcknowledged && isWindowHandled === trial.isWindowHandled;
  return isKnown ? undefined : { ...trial, isAcknowledged, isWindowHandled };
}

export function isInForce(parts: Parts, slot: number, sequence: number): boolean {
  // 0 is the firmware's own, which is in no slot.
  if (sequence === 0) return false;
  for (const name of partNames) if (parts[name].sequence === sequence && parts[name].slot === slot) return true;
  return false;
}

/** What is in force, as an update status says it. @param checksum CRC-32 */
export function stateOf(
  { newest, current }: Installed,
  checksum: (bytes: Uint8Array) => number,
): Omit<UpdateStatus, "sequence" | "time" | "event" | "reason" | "subject"> {
  const inForce = ({ sequence, version }: Part): InForce => ({ sequence, version });
  return {
    newest,
    script: inForce(current.script),
    model: inForce(current.model),
    settings: inForce(current.settings),
    settingsHash: current.items.length > 0 ? checksum(current.items) >>> 0 : 0,
  };
}

/** `parts` with some of `others`. */
export function withParts(parts: Parts, others: Parts, names: readonly PartName[]): Parts {
  const result = { ...parts };
  for (const name of names) {
    result[name] = others[name];
    if (name === "settings") result.items = others.items;
  }
  return result;
}
/** The predecessors of some parts in force again, by a package that says so; they have proved themselves. */
export function withPredecessors(installed: Installed, names: readonly PartName[], sequence: number): Installed {
  const { current, previous, probationFrom } = installed;
  const given = withParts(current, previous, names);
  const isProving = probationFrom > 0 && partNames.some((name) => given[name].sequence >= probationFrom);
  return {
    ...installed,
    newest: sequence,
    current: given,
    previous: withParts(previous, firmwareParts(), names),
    probationFrom: isProving ? probationFrom : 0,
  };
}

/**
 * A slot that nothing in force uses. That of a predecessor only when there is no other: it cannot come back then.
 * @returns `previous` as it is without that, when there is no other
 */
export function freeSlot({ current, previous }: Installed, slots: number): { slot: number; previous?: Parts } {
  // Settings are in the record.
  const usedBy = (parts: Parts, slot: number): PartName[] =>
    (["script", "model"] as const).filter((name) => parts[name].sequence > 0 && parts[name].slot === slot);
  let free = -1;
  for (let slot = 0; slot < slots; slot++) {
    if (usedBy(current, slot).length > 0) continue;
    if (usedBy(previous, slot).length === 0) return { slot };
    if (free < 0) free = slot;
  }
  return { slot: free, previous: withParts(previous, firmwareParts(), usedBy(previous, free)) };
}

/** Nothing but the firmware's own. */
export const ownParts = (newest: number): Installed => ({
  newest,
  current: firmwareParts(),
  previous: firmwareParts(),
  probationFrom: 0,
  madeFor: 0,
});

export const noFirmware = (newest: number): FirmwareTrial => ({
  newest,
  sequence: 0,
  slot: 0,
  isAcknowledged: false,
  isWindowHandled: false,
  reason: 0,
});
export const newTrial = (sequence: number): Trial => ({
  sequence,
  isAcknowledged: false,
  isWindowHandled: false,
  failures: 0,
});

function layoutPart(fields: Fields, part: Part): void {
  part.sequence = fields.number(4, part.sequence);
  part.version = fields.number(2, part.version);
  part.slot = fields.number(1, part.slot);
  part.bytes = fields.number(4, part.bytes);
  const check = fields.number(4, part.check >>> 0);
  if (fields.isReading) part.check = check;
}

function layoutParts(fields: Fields, parts: Parts): void {
  layoutPart(fields, parts.script);
  layoutPart(fields, parts.model);
  layoutPart(fields, parts.settings);
  const length = fields.number(2, parts.items.length);
  if (fields.isReading) parts.items = new Uint8Array(length);
  fields.bytes(parts.items);
}

const flag = (fields: Fields, value: boolean): boolean => fields.number(1, value ? 1 : 0) === 1;

/**
 * What lasts of updates: five records, each replaced by one write. The log is open for a read or a write only: it takes memory, and is seldom needed. What a scan of its flash
 * has found is kept, some 170 bytes: sensors are read meanwhile, and a scan takes over 100 ms.
 */
export class UpdateRecords {
  readonly #flash: FlashPartition;
  /** Of the two logs: what a scan would find. */
  #found: (Uint8Array | undefined)[] = [];
  installed: Installed = {
    newest: 0,
    current: firmwareParts(),
    previous: firmwareParts(),
    probationFrom: 0,
    madeFor: 0,
  };
  trial: Trial = newTrial(0);
  staged: Staged | undefined;
  /** SessionCnt (TS004) of the last session of fragments; -1: there was none. */
  counter = -1;
  firmware: FirmwareTrial = noFirmware(0);

  constructor(flash: FlashPartition) {
    this.#flash = flash;
    const staged = nothingStaged();
    const { log, keep } = this.#open();
    read(log, kinds.installed, (fields) => this.#layoutInstalled(fields));
    read(log, kinds.trial, (fields) => this.#layoutTrial(fields));
    read(log, kinds.staged, (fields) => this.#layoutStaged(fields, staged));
    read(log, kinds.counter, (fields) => this.#layoutCounter(fields));
    read(log, kinds.firmware, (fields) => this.#layoutFirmware(fields));
    keep();
    if (staged.bytes > 0) this.staged = staged;
  }

  /** The switch: after a power cut, what was in force before or what is now. */
  putInstalled(installed: Installed): void {
    this.installed = installed;
    this.#write(kinds.installed, (fields) => this.#layoutInstalled(fields));
  }

  putTrial(trial: Trial): void {
    this.trial = trial;
    this.#write(kinds.trial, (fields) => this.#layoutTrial(fields));
  }

  /** @param staged undefined: nothing is */
  putStaged(staged: Staged | undefined): void {
    this.staged = staged;
    this.#write(kinds.staged, (fields) => this.#layoutStaged(fields, staged ?? nothingStaged()));
  }

  /** The setup of the session of fragments in which a package is received; undefined: none is on. */
  get session(): Uint8Array | undefined {
    const { staged } = this;
    return staged?.attempts === 0 && staged.setup.length > 0 ? staged.setup : undefined;
  }

  putCounter(counter: number): void {
    this.counter = counter;
    this.#write(kinds.counter, (fields) => this.#layoutCounter(fields));
  }

  putFirmware(firmware: FirmwareTrial): void {
    this.firmware = firmware;
    this.#write(kinds.firmware, (fields) => this.#layoutFirmware(fields));
  }

  /** @returns the log, and what keeps what it knows of its flash, to be called after the last access */
  #open(): { log: MirroredRecords; keep(): void } {
    const parts: RetainedPart[] = [];
    const restore = (part: RetainedPart): void => {
      const found = this.#found[parts.push(part) - 1];
      if (found) part.layout(new FieldReader(found));
    };
    const log = new MirroredRecords(this.#flash, { name: "scripts", records: 8, maxPayload: 1400 }, [restore, restore]);
    return { log, keep: () => (this.#found = log.nextSequence > 0 ? parts.map(layoutOf) : []) };
  }

  #write(kind: number, layout: (fields: Fields) => void): void {
    const writer = new FieldWriter(256);
    layout(writer);
    const { log, keep } = this.#open();
    // Should the write end in an error, flash is scanned again.
    this.#found = [];
    log.put(kind, 0, writer.result());
    keep();
  }

  #layoutInstalled(fields: Fields): void {
    const { installed } = this;
    installed.newest = fields.number(4, installed.newest);
    layoutParts(fields, installed.current);
    layoutParts(fields, installed.previous);
    installed.probationFrom = fields.number(4, installed.probationFrom);
    installed.madeFor = fields.number(4, installed.madeFor);
  }

  #layoutTrial(fields: Fields): void {
    const { trial } = this;
    trial.sequence = fields.number(4, trial.sequence);
    trial.isAcknowledged = flag(fields, trial.isAcknowledged);
    trial.isWindowHandled = flag(fields, trial.isWindowHandled);
    trial.failures = fields.number(1, trial.failures);
  }

  #layoutStaged(fields: Fields, staged: Staged): void {
    staged.slot = fields.number(1, staged.slot);
    staged.bytes = fields.number(4, staged.bytes);
    staged.attempts = fields.number(1, staged.attempts);
    const length = fields.number(1, staged.setup.length);
    if (fields.isReading) staged.setup = new Uint8Array(length);
    fields.bytes(staged.setup);
  }

  #layoutFirmware(fields: Fields): void {
    const { firmware } = this;
    firmware.newest = fields.number(4, firmware.newest);
    firmware.sequence = fields.number(4, firmware.sequence);
    firmware.slot = fields.number(1, firmware.slot);
    firmware.isAcknowledged = flag(fields, firmware.isAcknowledged);
    firmware.isWindowHandled = flag(fields, firmware.isWindowHandled);
    firmware.reason = fields.number(1, firmware.reason);
  }

  #layoutCounter(fields: Fields): void {
    this.counter = fields.number(4, this.counter + 1) - 1;
  }
}

function read(log: MirroredRecords, kind: number, layout: (fields: Fields) => void): void {
  const record = log.newest(kind, 0);
  if (record) layout(new FieldReader(record.payload));
}

function layoutOf(part: RetainedPart): Uint8Array {
  const writer = new FieldWriter(128);
  part.layout(writer);
  return writer.result();
}
