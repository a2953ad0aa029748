import {
  blockBytes,
  decodeFragmentRequests,
  decodeSetup,
  encodeFragmentAnswer,
  encodeSetup,
  fragmentationPackage,
  packageDescriptor,
  setupRefusals,
  type FragmentAnswer,
  type FragmentRequest,
  type FragmentSetup,
} from "../codec/fragments.js";
import type { Fields, RetainedPart } from "../flash/fields.js";
import { FragmentDecoder } from "./decoder.js";
import { BlockMic, type EncryptBlock } from "./mic.js";
import type { Staging } from "./staging.js";
import { FragmentStore } from "./store.js";

/**
 * Uplinks without payload in a row that bring no fragment, after which the node waits: for an answer to a payload, or for a window's end after a pause, s, and then
 * double that. The network may have none, or be out of reach; but an app script that sends nothing must not end a session.
 */
const maxSilent = 6;
const firstPause = 900;
const longestPause = 21_600;

export interface ReceptionParts {
  staging: Staging;
  /** DataBlockIntKey; called when a block is whole. */
  key(): Uint8Array;
  encryptBlock: EncryptBlock;
  /** Sends it, confirmed. */
  answer(payload: Uint8Array): void;
  /** The program before this one was reset, perhaps while a block was checked, which goes on, or is given up; undefined: it was not */
  afterReset?: "check" | "interrupt";
  /** `key` and `encryptBlock` may be called. */
  isReady(): boolean;
  /** Runs it soon, with other frames on the stack. */
  later(run: () => void): void;
  /** There is something to fetch. */
  fetch(): void;
  /** The work is done, or there is more to fetch. */
  onChange(): void;
  journal(event: string, fields: Record<string, unknown>): void;
}

/** Bytes of a block whose MIC is computed in one step: some 7 ms of an ESP32-C3 (test/chip/checking.test.ts). Samples are taken between two steps. */
export const micStep = 256;

/** The node's end of TS004-2.0.0: one session, for a package. All of it is in flash, so a session goes on through resets and power cuts, for as long as it takes. */
export class FragmentReception implements RetainedPart {
  readonly #parts: ReceptionParts;
  #session: { setup: FragmentSetup; store: FragmentStore } | undefined;
  #decoder: FragmentDecoder | undefined;
  #mic: BlockMic | undefined;
  /** The block is whole, and is checked: the next step. */
  #check: (() => boolean) | undefined;
  /** All of the block is there, and it is not what was sent. */
  #isMicWrong = false;
  /** A step of the decoding, of the MIC, or of the check is due. */
  #isBusy = false;
  /** Fragments of this session in this program. */
  #received = 0;
  #silent = maxSilent;
  /** s; 0: it has not paused since a fragment came. And the uptime (s) up to which it does. */
  #pause = 0;
  #pausesUntil = 0;
  #afterReset: ReceptionParts["afterReset"];

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
    this.#afterReset = parts.afterReset;
  }

  layout(fields: Fields): void {
    this.#received = fields.number(2, this.#received & 0xffff);
    this.#silent = fields.number(1, this.#silent);
    this.#pause = fields.number(2, this.#pause);
    this.#pausesUntil = fields.number(4, this.#pausesUntil);
  }

  /** It decodes: the program must not end. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Fragments are missing, and the network has sent some lately. */
  get wantsUplink(): boolean {
    return this.#silent < maxSilent && (this.#open()?.store.missing ?? 0) > 0;
  }

  /** An uplink was sent to fetch a fragment. */
  fetched(): void {
    this.#silent = Math.min(maxSilent, this.#silent + 1);
  }

  /** Fetches once more after a pause. @param now uptime, s */
  windowHandled(now: number): void {
    this.#resume();
    if (this.#silent < maxSilent || now < this.#pausesUntil || !this.#open()?.store.missing) return;
    this.#silent = maxSilent - 1;
    this.#pause = Math.min(longestPause, 2 * this.#pause || firstPause);
    this.#pausesUntil = Math.round(now + this.#pause);
    this.#parts.fetch();
  }

  /** A block that was whole, and not taken yet, when the program before this one was reset. */
  #resume(): void {
    const then = this.#afterReset;
    const { isReady, staging } = this.#parts;
    if (!then || !isReady()) return;
    this.#afterReset = undefined;
    if (this.#isBusy || this.#open()?.store.missing !== 0) return;
    if (then === "check") return this.#proceed();
    this.#forget();
    staging.interrupt();
  }

  /** The network sends. */
  #heard(): void {
    this.#silent = this.#pause = this.#pausesUntil = 0;
  }

  /** The session that is on in flash. */
  #open() {
    const { staging } = this.#parts;
    if (!staging.setup) this.#session = undefined;
    else if (!this.#session) {
      const setup = decodeSetup(staging.setup);
      this.#session = { setup, store: new FragmentStore(staging, setup) };
    }
    return this.#session;
  }

  /** A downlink on the port of fragments. */
  receive(payload: Uint8Array): void {
    const answers: number[] = [];
    for (const request of decodeFragmentRequests(payload)) {
      const answer = this.#execute(request);
      if (answer) answers.push(...encodeFragmentAnswer(answer));
    }
    if (answers.length > 0) this.#parts.answer(Uint8Array.from(answers));
  }

  #execute(request: FragmentRequest): FragmentAnswer | undefined {
    switch (request.command) {
      case "version":
        return { command: "version", ...fragmentationPackage };
      case "setup":
        return { command: "setup", index: request.setup.index, refusals: this.#setUp(request.setup) };
      case "status":
        return this.#status(request.index, request.isForAll);
      case "delete":
        return { command: "delete", index: request.index, exists: this.#delete(request.index) };
      case "fragment":
        this.#take(request.index, request.number, request.data);
        return undefined;
      case "received":
        return undefined;
    }
  }

  /** @returns why not; 0: it is set up */
  #setUp(setup: FragmentSetup): number {
    const { staging, journal } = this.#parts;
    const bytes = encodeSetup(setup);
    // Its answer was lost.
    if (staging.setup && equal(bytes, staging.setup)) {
      this.#heard();
      return 0;
    }
    const size = blockBytes(setup);
    const room = FragmentStore.room(setup, staging.blockBytes);
    const refusals =
      (setup.algorithm === 0 ? 0 : setupRefusals.algorithm) |
      (setup.size > 0 && setup.padding < setup.size && size > 0 && room <= staging.roomBytes
        ? 0
        : setupRefusals.memory) |
      (setup.index === 0 ? 0 : setupRefusals.index) |
      (equal(setup.descriptor, Uint8Array.from(packageDescriptor)) ? 0 : setupRefusals.descriptor) |
      (setup.counter > staging.counter ? 0 : setupRefusals.replay);
    if (refusals) return refusals;
    this.#forget();
    if (!staging.begin(bytes, setup.counter, size, room)) return setupRefusals.memory;
    this.#heard();
    journal("fragments", { what: "session", bytes: size, count: setup.count, size: setup.size });
    return 0;
  }

  #forget(): void {
    this.#session = this.#decoder = this.#mic = this.#check = undefined;
    this.#isMicWrong = false;
    this.#received = 0;
  }

  #status(index: number, isForAll: boolean): FragmentAnswer | undefined {
    const session = this.#open();
    if (session?.setup.index !== index) return { command: "status", exists: false };
    const { missing } = session.store;
    // The network sends, or is about to.
    if (missing > 0) this.#heard();
    else this.#proceed();
    if (missing === 0 && !isForAll) return undefined;
    return {
      command: "status",
      exists: true,
      index,
      received: this.#received,
      missing,
      isMicWrong: missing === 0 && this.#isMicWrong,
      isMemoryExceeded: false,
    };
  }

  #delete(index: number): boolean {
    if (this.#open()?.setup.index !== index) return false;
    this.#forget();
    this.#parts.staging.drop();
    return true;
  }

  #take(index: number, number: number, data: Uint8Array): void {
    const session = this.#open();
    if (session?.setup.index !== index || data.length !== session.setup.size || number === 0) return;
    const { setup, store } = session;
    this.#received++;
    this.#heard();
    // The program ended before the block was taken.
    if (store.missing === 0) return this.#proceed();
    if (number <= setup.count) {
      if (store.has(number - 1)) return;
      store.put(number - 1, data);
    } else if (!store.putCoded(number, data)) return;
    // What is decoded may now be another fragment.
    this.#decoder = undefined;
    this.#proceed();
  }

  /** Decodes, a fragment at a time; a block that is whole is taken. */
  #proceed(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#parts.later(() => {
      this.#isBusy = false;
      if (this.#step()) this.#proceed();
      else this.#parts.onChange();
    });
  }

  /** @returns whether there is more to do */
  #step(): boolean {
    if (this.#check?.()) return true;
    const session = this.#open();
    if (!session || this.#check) {
      this.#forget();
      return false;
    }
    const { setup, store } = session;
    if (store.missing > 0) {
      this.#decoder ??= new FragmentDecoder(store, setup.count, setup.size);
      if (this.#decoder.isSolvable) this.#decoder.recover();
      return this.#decoder.isSolvable;
    }
    this.#decoder = undefined;
    this.#mic ??= this.#beginMic();
    if (this.#mic.step(micStep)) return true;
    const isWhole = equal(this.#mic.result, setup.mic);
    this.#mic = undefined;
    this.#isMicWrong = !isWhole;
    this.#parts.journal("fragments", { what: isWhole ? "complete" : "wrong MIC", received: this.#received });
    if (setup.isAcknowledged)
      this.#parts.answer(encodeFragmentAnswer({ command: "received", index: setup.index, isMicWrong: !isWhole }));
    if (isWhole) this.#check = this.#parts.staging.finish();
    return isWhole;
  }

  #beginMic(): BlockMic {
    const { setup } = this.#session!;
    const { staging, key, encryptBlock } = this.#parts;
    return new BlockMic(
      key(),
      setup,
      blockBytes(setup),
      (offset, length) => staging.read(offset, length),
      encryptBlock,
    );
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}
