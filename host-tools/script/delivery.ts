/** The sender's end of TS004-2.0.0: a package in fragments to one node, over its uplinks' receive windows. */
import { createCipheriv } from "node:crypto";
import {
  decodeFragmentAnswers,
  encodeFragmentRequest,
  packageDescriptor,
  setupRefusals,
  type FragmentAnswer,
  type FragmentRequest,
  type FragmentSetup,
} from "../../device/codec/fragments.js";
import { ports } from "../../device/codec/codec.js";
import type { ReceivedUpdateStatus } from "../../device/codec/update.js";
import { blockIntKey, blockMic, type EncryptBlock } from "../../device/fragments/mic.js";
import { mostMissing, spareRows } from "../../device/fragments/store.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { fragmentOf } from "./encode.js";
import { fragmentSize } from "./plan.js";

/** setup: the node has not answered yet; sending; complete: the node has all of it and checks it; probation: it is in force, on probation; confirmed; failed. */
export type DeliveryPhase = "setup" | "sending" | "complete" | "probation" | "confirmed" | "failed";

/** All that lasts; plain data. */
export interface DeliveryState {
  devEui: string;
  /** base64 */
  package: string;
  name: string;
  /** Of the package. */
  sequence: number;
  phase: DeliveryPhase;
  /** Why it has failed. */
  reason?: string;
  /** SessionCnt. */
  counter: number;
  /** FragSize; 0: there was no uplink yet. */
  size: number;
  /** The next fragment. */
  next: number;
  /** Fragments so far, in all. */
  sent: number;
  /** As the node said last. */
  missing?: number;
  /** Sessions with a wrong MIC; uplinks in a row too slow for the fragments. */
  wrong: number;
  unfit: number;
  /** Seconds since 1970. */
  startedAt: number;
  endedAt?: number;
}

/** The node's queue at the network server. */
export interface DownlinkQueue {
  push(port: number, payload: Uint8Array): void;
  /** Payloads that wait for this port. */
  count(port: number): number;
  clear(port: number): void;
}

/** Downlinks that wait: the second one makes the network set FPending. */
const ahead = 2;
const maxWrong = 3;
const maxUnfit = 8;

const encryptBlock: EncryptBlock = (key, data, offset) => {
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  data.set(cipher.update(data.subarray(offset, offset + 16)), offset);
};

export class Delivery {
  readonly state: DeliveryState;
  readonly #queue: DownlinkQueue;
  readonly #region: RegionName;
  readonly #key: Uint8Array;
  readonly #block: Uint8Array;
  readonly #now: () => number;

  /** @param appKey 16 bytes @param now seconds since 1970 */
  constructor(state: DeliveryState, queue: DownlinkQueue, region: RegionName, appKey: Uint8Array, now: () => number) {
    this.state = state;
    this.#queue = queue;
    this.#region = region;
    this.#key = blockIntKey(appKey, encryptBlock);
    this.#block = Buffer.from(state.package, "base64");
    this.#now = now;
  }

  get isOver(): boolean {
    return this.state.phase === "confirmed" || this.state.phase === "failed";
  }

  /** The node forgets what has come. */
  cancel(): void {
    const { phase, size } = this.state;
    this.#fail("cancelled");
    if (phase === "sending" || (phase === "setup" && size > 0)) this.#request({ command: "delete", index: 0 });
  }

  get count(): number {
    return Math.ceil(this.#block.length / this.state.size);
  }

  #request(request: FragmentRequest): void {
    this.#queue.push(ports.fragments, encodeFragmentRequest(request));
  }

  /** An uplink on port 201. */
  answer(payload: Uint8Array): void {
    for (const answer of decodeFragmentAnswers(payload)) this.#hear(answer);
  }

  #hear(answer: FragmentAnswer): void {
    const { state } = this;
    if (answer.command === "setup" && state.phase === "setup") {
      if (answer.refusals === 0) this.#send();
      else if (answer.refusals === setupRefusals.replay) this.#begin(2 * state.counter);
      else this.#fail(refusalText(answer.refusals));
    } else if (answer.command === "status" && state.phase === "sending") {
      if (!answer.exists) return this.#begin(state.counter + 1);
      state.missing = answer.missing;
      if (answer.isMemoryExceeded) this.#fail("the node has not enough memory for it");
      // Too many for coded fragments: once more from the first.
      else if (answer.missing > mostMissing(this.count)) state.next = 1;
    } else if (answer.command === "received" && ["setup", "sending"].includes(state.phase)) {
      this.#queue.clear(ports.fragments);
      this.#request({ command: "received", index: 0 });
      if (!answer.isMicWrong) {
        state.phase = "complete";
        state.missing = 0;
      } else if (++state.wrong >= maxWrong) this.#fail("its MIC was wrong three times");
      else this.#begin(state.counter + 1);
    }
  }

  /** An update status of the node. */
  updated({ event, reason, subject, newest }: ReceivedUpdateStatus): void {
    const { state } = this;
    // The short form, which has no `newest`, has 16 bits of it.
    const sequence = newest === undefined ? state.sequence & 0xffff : state.sequence;
    // Of a package that cannot be read the node does not know the sequence. Of one that was interrupted neither, when not all of it had come: that came by downlinks.
    const isUnread = subject === 0 && event === "refused" && reason !== "interrupted";
    if (subject !== sequence && !(isUnread && state.phase === "complete")) return;
    if (event === "refused" || event === "taken back") this.#fail(`${event}: ${reason}`);
    // A node repeats what was not acknowledged: this may come after what followed it.
    else if (event === "accepted" && state.phase !== "confirmed") state.phase = "probation";
    else if (event === "confirmed") this.#end("confirmed");
  }

  /** The node has sent an uplink at this data rate, and its answer is composed next. @param room bytes that fit it */
  fill(dataRate: number, room: number): void {
    const { state } = this;
    if (state.phase !== "setup" && state.phase !== "sending") return;
    if (state.size === 0) state.size = fragmentSize(this.#region, dataRate);
    if (state.phase === "setup") {
      if (this.#queue.count(ports.fragments) === 0) this.#request({ command: "setup", setup: this.#setup() });
      return;
    }
    state.unfit = room < state.size + 3 ? state.unfit + 1 : 0;
    if (state.unfit >= maxUnfit) {
      state.unfit = state.size = 0;
      return this.#begin(state.counter + 1);
    }
    while (this.#queue.count(ports.fragments) < ahead) this.#request(this.#next());
  }

  /** In their places, then coded ones; what is missing is asked before coded ones if those may be too few, and after them. */
  #next(): FragmentRequest {
    const { state, count } = this;
    const most = mostMissing(count);
    const asks = count > most ? 1 : 0;
    const step = state.next++;
    const number = step <= count ? step : step - asks;
    const isLast = number > count + most + spareRows;
    if (isLast) state.next = 1;
    if (isLast || (asks && step === count + 1)) return { command: "status", index: 0, isForAll: true };
    state.sent++;
    return { command: "fragment", index: 0, number, data: fragmentOf(this.#block, state.size, number) };
  }

  #setup(): FragmentSetup {
    const { size, counter } = this.state;
    const block = this.#block;
    const setup = {
      index: 0,
      count: this.count,
      size,
      algorithm: 0,
      isAcknowledged: true,
      blockAckDelay: 0,
      groups: 0,
      padding: this.count * size - block.length,
      descriptor: Uint8Array.from(packageDescriptor),
      counter,
    };
    const read = (offset: number, length: number): Uint8Array => block.subarray(offset, offset + length);
    return { ...setup, mic: blockMic(this.#key, setup, block.length, read, encryptBlock) };
  }

  #send(): void {
    this.#queue.clear(ports.fragments);
    this.state.phase = "sending";
  }

  /** A new session. */
  #begin(counter: number): void {
    this.#queue.clear(ports.fragments);
    const { state } = this;
    Object.assign(state, { phase: "setup", next: 1 });
    delete state.missing;
    if (counter > 0xffff) this.#fail("the node has had session counters up to the last");
    else state.counter = counter;
  }

  #fail(reason: string): void {
    this.state.reason = reason;
    this.#end("failed");
  }

  #end(phase: DeliveryPhase): void {
    this.#queue.clear(ports.fragments);
    this.state.phase = phase;
    this.state.endedAt = this.#now();
  }
}

function refusalText(refusals: number): string {
  const texts = {
    algorithm: "the node does not know the coding",
    memory: "the node has no room for it, or takes no packages",
    index: "the node does not know the session's index",
    descriptor: "the node does not take packages of loam, format 1",
    replay: "the session counter was used",
  };
  const found = Object.entries(setupRefusals).filter(([, bit]) => refusals & bit);
  return found.map(([name]) => texts[name as keyof typeof texts]).join("; ") || `refused, code ${refusals}`;
}
