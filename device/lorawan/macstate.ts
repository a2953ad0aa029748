import type { Fields } from "../flash/fields.js";
import type { MacCommands } from "./commands.js";
import type { DutyCycle } from "./dutycycle.js";
import type { JoinBackoff } from "./joinbackoff.js";
import type { Joiner } from "./joiner.js";
import type { Prng } from "./prng.js";
import type { Session } from "./session.js";
import type { SessionPersistence } from "./sessionpersistence.js";

/** The parts of the MAC that change with every frame. */
interface Parts {
  session: Session;
  persistence: SessionPersistence;
  duty: DutyCycle;
  backoff: JoinBackoff;
  prng: Prng;
  commands: MacCommands;
  joiner: Joiner | undefined;
}

/**
 * What changes with every frame, exactly, for memory that outlasts the program: flash has counters in blocks, and airtime a few frames at a
 * time. It goes on from here only while flash is as it was; after a write that this memory has not seen, flash counts.
 */
export class MacState {
  readonly #parts: Parts;
  /** A confirmed downlink needs the next uplink's ACK bit. */
  ackDue = false;
  /** FPending of the last downlink. */
  fPending = false;
  /** A frame, its receive windows or its retransmissions are under way. */
  isOnAir = false;
  /** fCntUpLimit in flash; -1: not known. */
  persistedLimit = -1;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** There is a new session, which is in flash. */
  begin(): void {
    this.#parts.commands.reset();
    this.ackDue = this.fPending = false;
    this.persistedLimit = this.#parts.session.fCntUpLimit;
  }

  layout(fields: Fields): void {
    const { session, persistence, duty, backoff, prng, commands, joiner } = this.#parts;
    const { mark } = persistence;
    fields.expect(fields.number(4, mark) === mark);
    session.fCntUp = fields.number(4, session.fCntUp);
    session.adrAckCnt = fields.number(4, session.adrAckCnt);
    this.persistedLimit = fields.number(4, this.persistedLimit + 1) - 1;
    const bits = (this.ackDue ? 1 : 0) | (this.fPending ? 2 : 0) | (this.isOnAir ? 4 : 0);
    const read = fields.number(1, bits);
    const stored = fields.isReading ? read : 0;
    duty.layout(fields);
    backoff.layout(fields);
    prng.layout(fields);
    commands.layout(fields);
    joiner?.layout(fields);
    if (stored & 1) this.ackDue = true;
    if (stored & 2) this.fPending = true;
    // A reset came during a transmission: all of what was reserved for it may have been sent.
    if (stored & 4) duty.spendReserved();
  }
}
