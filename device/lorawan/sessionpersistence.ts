import type { DutyCycle } from "./dutycycle.js";
import type { JoinBackoff } from "./joinbackoff.js";
import { FieldReader, FieldWriter, type Fields, type Session } from "./session.js";
import { SessionStore } from "./store.js";
import type { LinkClock, SessionFlash } from "./types.js";

/** Where the state is kept, whose it is, and the clock that dates it. */
export interface PersistentParts {
  flash: SessionFlash;
  session: Session;
  duty: DutyCycle;
  backoff: JoinBackoff;
  clock: LinkClock;
}

/** Keeps session, airtime ledger and join back-off in flash, with the time at which they were kept. */
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
   * Fills the parts from flash. False when there is nothing of this layout; owner, JoinNonce and DevNonce are then those of the other layout. The time that passed counts only when the clock went on;
   * after a power cut the waits begin anew.
   */
  load(): boolean {
    const found = this.#store.load();
    const kept = { quiet: 0, wait: 0, clock: 0 };
    let ok = false;
    if (found) {
      ok = this.#read(found.full, kept, (fields) => this.#session.layoutFull(fields));
      if (found.counters && ok) this.#read(found.counters, kept, (fields) => this.#session.layoutCounters(fields));
      else if (found.counters) this.#session.layoutNonce(new FieldReader(found.counters));
    }
    const now = this.#clock.now();
    const elapsed = ok && now >= kept.clock ? now - kept.clock : 0;
    this.#duty.unpack(now, elapsed);
    this.#duty.quietUntil = now + Math.max(0, kept.quiet - elapsed);
    this.#session.fCntUp = this.#session.fCntUpLimit;
    this.#backoff.elapsed += elapsed / 1000;
    this.remainingWait = Math.max(0, kept.wait - elapsed);
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
    this.#layoutLedger(writer, this.#now());
    this.#store.saveCounters(writer.result(), () => this.#full());
  }

  #full(): Uint8Array {
    const writer = new FieldWriter();
    this.#session.layoutFull(writer);
    this.#layoutLedger(writer, this.#now());
    return writer.result();
  }

  #now(): { quiet: number; wait: number; clock: number } {
    const clock = this.#clock.now();
    this.#duty.pack(clock);
    return { clock, quiet: Math.max(0, this.#duty.quietUntil - clock), wait: Math.max(0, this.#backoff.next - clock) };
  }

  #read(
    bytes: Uint8Array,
    kept: { quiet: number; wait: number; clock: number },
    layout: (fields: Fields) => void,
  ): boolean {
    const reader = new FieldReader(bytes);
    layout(reader);
    this.#layoutLedger(reader, kept);
    return reader.ok;
  }

  #layoutLedger(field: Fields, kept: { quiet: number; wait: number; clock: number }): void {
    field.bytes(this.#duty.record);
    field.number(4, Math.ceil(this.#backoff.elapsed), (value) => (this.#backoff.elapsed = value));
    field.number(4, Math.ceil(kept.wait), (value) => (kept.wait = value));
    field.number(4, Math.ceil(kept.quiet), (value) => (kept.quiet = value));
    field.number(4, Math.floor(kept.clock) % 2 ** 32, (value) => (kept.clock = value));
    field.number(2, Math.floor(kept.clock / 2 ** 32), (value) => (kept.clock += value * 2 ** 32));
  }
}
