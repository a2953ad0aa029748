import Sleep from "sleep";
import { scriptFailures, type ScriptFailure } from "../codec/types.js";
import { FieldReader, FieldWriter, type Fields } from "../flash/fields.js";

/** Of the record; to be counted up when it changes. */
const layout = 0x53430002;
export const mostStrikes = 3;

/** Where strikes outlast a power cut. */
export interface StrikeStore {
  strikes: string;
}

/**
 * How often the app script in force has failed. In RTC memory, and in flash behind it. A flag that is set before each call and cleared after it
 * tells of a call that crashed the node, or hung it: that is a strike too.
 */
export class Strikes {
  readonly #store: StrikeStore;
  /** Of the script that they are of. */
  #script = 0;
  #count = 0;
  #isArmed = false;
  /** That is called. */
  #called = 0;
  /** Of which a call did not end: the program began anew. */
  readonly crashed: number | undefined;

  /** @param isCrash whether the program began anew because it had crashed or hung */
  constructor(store: StrikeStore, isCrash: boolean) {
    this.#store = store;
    const record = Sleep.readScript(layout);
    if (record) this.#layout(new FieldReader(new Uint8Array(record)));
    else this.#readFlash();
    this.crashed = this.#isArmed && isCrash ? this.#called : undefined;
    if (this.#isArmed) this.disarm();
  }

  #readFlash(): void {
    const [script, count] = this.#store.strikes.split(" ");
    this.#script = Number(script ?? 0);
    this.#count = Number(count ?? 0);
  }

  /** Strikes of this script. */
  of(script: number): number {
    return script === this.#script ? this.#count : 0;
  }

  /** @returns the strikes of this script now */
  add(script: number): number {
    this.#count = this.of(script) + 1;
    this.#script = script;
    this.#commit();
    this.#store.strikes = `${this.#script} ${this.#count}`;
    return this.#count;
  }

  /** Something else was to blame for them. */
  forgive(): void {
    if (this.#count === 0) return;
    this.#count = 0;
    this.#commit();
    this.#store.strikes = "";
  }

  arm(script: number): void {
    this.#called = script;
    this.#isArmed = true;
    this.#commit();
  }

  disarm(): void {
    this.#isArmed = false;
    this.#commit();
  }

  #layout(fields: Fields): void {
    this.#script = fields.number(4, this.#script);
    this.#count = fields.number(1, Math.min(this.#count, 255));
    this.#isArmed = fields.number(1, this.#isArmed ? 1 : 0) === 1;
    this.#called = fields.number(4, this.#called);
  }

  #commit(): void {
    const writer = new FieldWriter(12);
    this.#layout(writer);
    Sleep.writeScript(layout, writer.buffer, writer.length);
  }
}

export const failureCode = (failure: ScriptFailure): number => scriptFailures.indexOf(failure);
