import { blockIntKey, blockMic } from "../../device/fragments/mic.js";
import {
  decodeFragmentAnswers,
  encodeFragmentRequest,
  packageDescriptor,
  type FragmentAnswer,
  type FragmentRequest,
  type FragmentSetup,
} from "../../device/codec/fragments.js";
import { FragmentReception, type ReceptionParts } from "../../device/fragments/reception.js";
import { fragmentOf } from "../../host-tools/script/encode.js";
import type { NorFlash } from "../flash/norflash.js";
import { nodeCrypto } from "../lorawan/nodecrypto.js";
import { open, type Rig } from "../update/rig.js";

export const key = blockIntKey(Buffer.from("2b7e151628aed2a6abf7158809cf4f3c", "hex"), nodeCrypto.encryptBlock);

export function setupFor(block: Uint8Array, size: number, changes: Partial<FragmentSetup> = {}): FragmentSetup {
  const count = Math.ceil(block.length / size);
  const setup = {
    index: 0,
    count,
    size,
    algorithm: 0,
    isAcknowledged: true,
    blockAckDelay: 0,
    groups: 0,
    padding: count * size - block.length,
    descriptor: Uint8Array.from(packageDescriptor),
    counter: 1,
    ...changes,
  };
  const read = (offset: number, length: number) => block.subarray(offset, offset + length);
  return { mic: blockMic(key, setup, block.length, read, nodeCrypto.encryptBlock), ...setup, ...changes };
}

/** The node's end, in a program that has just begun on this flash. */
export class Receiver {
  readonly answers: FragmentAnswer[] = [];
  readonly rig: Rig;
  readonly reception: FragmentReception;
  #soon: (() => void)[] = [];

  constructor(flash: NorFlash, afterReset?: ReceptionParts["afterReset"]) {
    this.rig = open(flash);
    this.reception = new FragmentReception({
      staging: this.rig.staging,
      ...(afterReset && { afterReset }),
      isReady: () => true,
      key: () => key,
      encryptBlock: nodeCrypto.encryptBlock,
      answer: (payload) => this.answers.push(...decodeFragmentAnswers(payload)),
      later: (run) => this.#soon.push(run),
      fetch: () => {},
      onChange: () => {},
      journal: () => {},
    });
  }

  receive(request: FragmentRequest): void {
    this.reception.receive(encodeFragmentRequest(request));
    this.#work();
  }

  /** @returns the answer */
  ask(request: FragmentRequest): FragmentAnswer | undefined {
    this.answers.length = 0;
    this.receive(request);
    return this.answers[0];
  }

  fragment(block: Uint8Array, size: number, number: number, index = 0): void {
    this.receive({ command: "fragment", index, number, data: fragmentOf(block, size, number) });
  }

  get missing(): number | undefined {
    const answer = this.ask({ command: "status", index: 0, isForAll: true });
    return answer?.command === "status" && answer.exists ? answer.missing : undefined;
  }

  windowHandled(now: number): void {
    this.reception.windowHandled(now);
    this.#work();
  }

  #work(): void {
    for (let run = this.#soon.shift(); run; run = this.#soon.shift()) run();
  }
}
