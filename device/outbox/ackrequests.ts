import { confirmedFrom, importance as level } from "../codec/importance.js";
import type { Fields, RetainedPart } from "../flash/fields.js";

/** ms from a confirmed uplink that was not acknowledged to the next one: doubled each time, up to the maximum; a quarter after one that was. */
const minPause = 30_000;
const maxPause = 900_000;
/** ms between two when everything was sent as often as any is. */
const probePause = 10_800_000;
/**
 * ms, and payloads, after which a cloud that names what it received is asked to do so. A changed verdict that is lost shows in the next window's report; a
 * deferral's decision is an answer, and comes at once.
 */
const batchPause = 3_600_000;
const batchSpan = 24;
/** ms that it then takes until a payload is repeated: a new one asks as well. */
const grace = 1_200_000;
/** Confirmed uplinks in a row without an answer after which the network counts as silent: its downlinks may be dead, or everything. */
const silentAfter = 3;
/** Confirmed uplinks with an ACK alone after which the cloud counts as one that names nothing. */
const bareAnswers = 3;

/**
 * Which uplinks are confirmed, and when payloads are repeated. Payloads that must be acknowledged are sent as confirmed uplinks while these are answered. As soon
 * as one is not, new payloads go out unconfirmed, and repetitions are the confirmed uplinks, ever more rarely. With a cloud that names the payloads it has
 * received (codec/received.ts) one confirmed uplink asks about all that were sent before.
 */
export class AckRequests implements RetainedPart {
  /** The link's clock from which a repetition is due; 0: the network answers, and does not have what was sent. */
  #at = 0;
  #pause = minPause;
  /** In a row. */
  #unanswered = 0;
  /** How many more bare answers the cloud may give; 0: it names nothing. */
  #trust = 0;
  /** What `#at` is about can wait for a new payload. */
  #isLazy = false;

  layout(fields: Fields): void {
    this.#at = fields.number(7, Math.ceil(this.#at));
    this.#pause = fields.number(4, this.#pause);
    this.#unanswered = fields.number(1, this.#unanswered);
    const trust = fields.number(1, this.#trust | (this.#isLazy ? 0x80 : 0));
    this.#trust = trust & 0x7f;
    this.#isLazy = (trust & 0x80) !== 0;
  }

  /** The link's clock (ms) from which a payload may be repeated. */
  get dueAt(): number {
    return this.isBatched && this.#unanswered === 0 && this.#isLazy ? this.#at + grace : this.#at;
  }

  get isSilent(): boolean {
    return this.#unanswered >= silentAfter;
  }

  /** Whether the cloud names what it has received. */
  get isBatched(): boolean {
    return this.#trust > 0;
  }

  /**
   * Whether a payload is confirmed that is sent for the first time.
   * @param span sequence numbers since the first payload that is to be acknowledged; 0: none @param isAwaited something waits for its acknowledgement
   */
  isConfirmed(importance: number, span: number, isAwaited: boolean, now: number): boolean {
    if (this.#unanswered > 0) return false;
    if (!this.isBatched) return importance >= confirmedFrom;
    if (isAwaited) return true;
    return span > 0 && this.#at > 0 && (now >= this.#at || span >= batchSpan);
  }

  /** A payload that must be acknowledged went out unconfirmed. @param isUnanswered another one before it */
  sent(importance: number, isUnanswered: boolean, now: number): void {
    const isLazy = this.#unanswered === 0 && importance < level.deferral;
    const at = now + (isLazy ? batchPause : this.#pause);
    if (isUnanswered && this.#at <= at) return;
    this.#at = at;
    this.#isLazy = isLazy;
  }

  /** A confirmed uplink was not acknowledged. @param isExhausted every payload was sent as often as any is */
  failed(isExhausted: boolean, now: number): void {
    this.#at = now + (isExhausted ? probePause : this.#pause);
    this.#isLazy = false;
    this.#pause = Math.min(maxPause, 2 * this.#pause);
    this.#unanswered = Math.min(255, this.#unanswered + 1);
  }

  /** The network has answered. @param wasConfirmed with an ACK @param isHeard and the cloud with a decision, or as in `isNamed`: with the payloads that it received */
  answered(wasConfirmed: boolean, isHeard: boolean, isNamed: boolean, now: number): void {
    this.#unanswered = 0;
    if (!wasConfirmed) return;
    this.#pause = Math.max(minPause, this.#pause >> 2);
    if (this.isBatched && !isHeard) this.#trust--;
    // What was sent and is not named has not arrived. A cloud behind another network server may name it with the next uplink.
    this.#isLazy = this.isBatched && !isNamed;
    this.#at = this.#isLazy ? now + batchPause : 0;
  }

  /** The cloud names what it has received. */
  named(): void {
    this.#trust = bareAnswers;
  }
}
