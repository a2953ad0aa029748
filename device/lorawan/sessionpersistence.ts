import { FieldReader, FieldWriter, type Fields } from "../flash/fields.js";
import type { Retain } from "../flash/log.js";
import { MirroredRecords } from "../flash/mirrored.js";
import type { FlashPartition } from "../flash/partition.js";
import type { DutyCycle } from "./dutycycle.js";
import type { JoinBackoff } from "./joinbackoff.js";
import type { Session } from "./session.js";
import type { LinkClock } from "./types.js";

/** Kind and keys of the session's records. The counters count when they are newer than the last full record. */
export const sessionRecords = { kind: 1, full: 1, counters: 2 } as const;
/** Longer than any region's full record; records of other kinds may share the partition. */
const options = { name: "session partition", records: 16, maxPayload: 512 };

/** The state to persist, its flash, and the clock for its timestamps. */
export interface PersistentParts {
  flash: FlashPartition;
  session: Session;
  duty: DutyCycle;
  backoff: JoinBackoff;
  clock: LinkClock;
  /** Of its two logs: see Log. */
  retain?: readonly [Retain, Retain] | undefined;
}

/** Stores session, airtime and join back-off in flash, with the time of writing. */
export class SessionPersistence {
  readonly #records: MirroredRecords;
  readonly #session: Session;
  readonly #duty: DutyCycle;
  readonly #backoff: JoinBackoff;
  readonly #clock: LinkClock;

  constructor({ flash, session, duty, backoff, clock, retain }: PersistentParts) {
    this.#records = new MirroredRecords(flash, options, retain);
    this.#session = session;
    this.#duty = duty;
    this.#backoff = backoff;
    this.#clock = clock;
  }

  /**
   * Restores the state from flash. False when there is no record of this layout that is readable; owner, JoinNonce and DevNonce are then read from the one that there is. Elapsed time counts only if the clock kept running;
   * after a power cut the waits start again.
   * @param isReadable see Session.layoutFull
   */
  load(isReadable?: (owner: number) => boolean): boolean {
    const { kind } = sessionRecords;
    const full = this.#records.newest(kind, sessionRecords.full);
    const newest = this.#records.newest(kind, sessionRecords.counters);
    const counters = full && newest && newest.sequence > full.sequence ? newest.payload : undefined;
    const stored = { timeOff: 0, wait: 0, clock: 0 };
    let ok = false;
    if (full) {
      ok = this.#read(full.payload, stored, (fields) => this.#session.layoutFull(fields, isReadable));
      if (counters && ok) this.#read(counters, stored, (fields) => this.#session.layoutCounters(fields));
      else if (counters) this.#session.layoutNonce(new FieldReader(counters));
    }
    const now = this.#clock.now();
    const elapsed = ok && now >= stored.clock ? now - stored.clock : 0;
    this.#duty.unpack(now, elapsed);
    this.#duty.timeOffUntil = now + Math.max(0, stored.timeOff - elapsed);
    this.#session.fCntUp = this.#session.fCntUpLimit;
    this.#backoff.elapsed += elapsed / 1000;
    this.remainingWait = Math.max(0, stored.wait - elapsed);
    return ok;
  }

  /** ms that the join back-off still had to wait when `load` read it. */
  remainingWait = 0;

  saveAll(): void {
    const writer = new FieldWriter();
    this.#session.layoutFull(writer);
    this.#save(sessionRecords.full, writer);
  }

  saveCounters(): void {
    const writer = new FieldWriter();
    this.#session.layoutCounters(writer);
    this.#save(sessionRecords.counters, writer);
  }

  /** Changes with every write: state that is stored elsewhere is as new as flash when it has the same mark. */
  get mark(): number {
    return this.#records.nextSequence;
  }

  /** What its flash has been through; counts since the last call. */
  takeStorage(): { damaged: number; failedWrites: number; erases: number } {
    const records = this.#records;
    return { damaged: records.takeDamaged(), failedWrites: records.takeFailedWrites(), erases: records.erases };
  }

  #save(key: number, writer: FieldWriter): void {
    this.#layoutAirtime(writer, this.#now());
    this.#records.put(sessionRecords.kind, key, writer.result());
  }

  #now(): { timeOff: number; wait: number; clock: number } {
    const clock = this.#clock.now();
    this.#duty.pack(clock);
    return {
      clock,
      timeOff: Math.max(0, this.#duty.timeOffUntil - clock),
      wait: Math.max(0, this.#backoff.next - clock),
    };
  }

  #read(
    bytes: Uint8Array,
    stored: { timeOff: number; wait: number; clock: number },
    layout: (fields: Fields) => void,
  ): boolean {
    const reader = new FieldReader(bytes);
    layout(reader);
    this.#layoutAirtime(reader, stored);
    return reader.ok;
  }

  #layoutAirtime(field: Fields, stored: { timeOff: number; wait: number; clock: number }): void {
    field.bytes(this.#duty.record);
    const elapsed = field.number(4, Math.ceil(this.#backoff.elapsed));
    if (field.isReading) this.#backoff.elapsed = elapsed;
    stored.wait = field.number(4, Math.ceil(stored.wait));
    stored.timeOff = field.number(4, Math.ceil(stored.timeOff));
    const low = field.number(4, Math.floor(stored.clock) % 2 ** 32);
    stored.clock = field.number(2, Math.floor(stored.clock / 2 ** 32)) * 2 ** 32 + low;
  }
}
