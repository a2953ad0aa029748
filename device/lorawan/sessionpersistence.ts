import type { DutyCycle } from "./dutycycle.js";
import type { JoinBackoff } from "./joinbackoff.js";
import { FieldReader, FieldWriter, type Fields, type Session } from "./session.js";
import { SessionStore } from "./store.js";
import type { LinkClock, SessionFlash } from "./types.js";

/** The state to persist, its flash, and the clock for its timestamps. */
export interface PersistentParts {
  flash: SessionFlash;
  session: Session;
  duty: DutyCycle;
  backoff: JoinBackoff;
  clock: LinkClock;
}

/** Stores session, airtime and join back-off in flash, with the time of writing. */
export class SessionPersistence {
  readonly #store: SessionStore;
  readonly #session: Session;
  readonly #duty: DutyCycle;
  readonly #backoff: JoinBackoff;
  readonly #clock: LinkClock;

  constructor({ flash, session, duty, backoff, clock }: PersistentParts) {
    this.#store = new SessionStore(flash);
    this.#session = session;
    this.#duty = duty;
    this.#backoff = backoff;
    this.#clock = clock;
  }

  /**
   * Restores the state from flash. False when there is no record of this layout; owner, JoinNonce and DevNonce are then read from the other layout. Elapsed time counts only if the clock kept running;
   * after a power cut the waits start again.
   */
  load(): boolean {
    const found = this.#store.load();
    const stored = { timeOff: 0, wait: 0, clock: 0 };
    let ok = false;
    if (found) {
      ok = this.#read(found.full, stored, (fields) => this.#session.layoutFull(fields));
      if (found.counters && ok) this.#read(found.counters, stored, (fields) => this.#session.layoutCounters(fields));
      else if (found.counters) this.#session.layoutNonce(new FieldReader(found.counters));
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
    this.#store.saveFull(this.#full());
  }

  saveCounters(): void {
    const writer = new FieldWriter();
    this.#session.layoutCounters(writer);
    this.#layoutAirtime(writer, this.#now());
    this.#store.saveCounters(writer.result(), () => this.#full());
  }

  #full(): Uint8Array {
    const writer = new FieldWriter();
    this.#session.layoutFull(writer);
    this.#layoutAirtime(writer, this.#now());
    return writer.result();
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
    field.number(4, Math.ceil(this.#backoff.elapsed), (value) => (this.#backoff.elapsed = value));
    field.number(4, Math.ceil(stored.wait), (value) => (stored.wait = value));
    field.number(4, Math.ceil(stored.timeOff), (value) => (stored.timeOff = value));
    field.number(4, Math.floor(stored.clock) % 2 ** 32, (value) => (stored.clock = value));
    field.number(2, Math.floor(stored.clock / 2 ** 32), (value) => (stored.clock += value * 2 ** 32));
  }
}
