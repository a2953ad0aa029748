import { setTimeout as sleep } from "node:timers/promises";
import { printable } from "../lib/terminal.js";
import { crc32 } from "../../device/flash/crc32.js";
import { maxFrame } from "../../device/serial/frames.js";
import { chunkBytes, encodeBegin, encodeData, type Answer, type Hello } from "../../device/serial/messages.js";
import { UserError } from "../lib/errors.js";
import { Conversation, LineLost } from "./conversation.js";
import { openLine, type Place } from "./line.js";

/** ms between two tries to open a line that was interrupted; and between two times that a node is asked which had to be waited for. */
const reopenEvery = 1000;
const waitEvery = 60;
/** Times that a transfer is begun from its start. */
const maxBegins = 10;

/** Something to be sent: `payload` is its kind (device/serial/messages.ts). */
export interface Payload {
  payload: number;
  bytes: Uint8Array;
  /** What a code of its receiver means. */
  reasonOf(code: number): string;
}

/** The node has refused it. */
export class Refusal extends UserError {
  override name = "Refusal";
}

export interface TransferEvents {
  onProgress(received: number, note?: string): void;
}

const slownessOf = (place: Place): number => ("baud" in place ? (2 * maxFrame * 10_000) / place.baud : 20);

/** Opens the line. @throws UserError */
const converse = async (place: Place): Promise<Conversation> =>
  new Conversation(await openLine(place), slownessOf(place));

/**
 * Says hello to the node at a place, whenever it is there, and calls `onHello` with what it answers, and then with each hello of it, until that returns a value. What `onHello`
 * throws ends it, except for LineLost: then the line is opened again.
 * @param onWaiting the node does not answer, and is waited for
 */
export async function withNode<T>(
  place: Place,
  signal: AbortSignal,
  onHello: (hello: Hello, conversation: Conversation) => Promise<T | undefined>,
  onWaiting: () => void,
): Promise<T> {
  let conversation = await converse(place);
  const late = setTimeout(onWaiting, 2000);
  try {
    for (let isAsking = true; ;) {
      try {
        const hello = await conversation.nextHello(signal, isAsking);
        clearTimeout(late);
        const value = await onHello(hello, conversation);
        if (value !== undefined) return value;
        isAsking = false;
      } catch (error) {
        if (!(error instanceof LineLost)) throw error;
        await conversation.close();
        conversation = await reopen(place, signal);
        isAsking = true;
      }
    }
  } finally {
    clearTimeout(late);
    conversation.endSession();
    await conversation.close();
  }
}

async function reopen(place: Place, signal: AbortSignal): Promise<Conversation> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await converse(place);
    } catch {
      await sleep(reopenEvery, undefined, { signal }).catch(() => {});
    }
  }
}

/**
 * Sends all of it, from where an interrupted transfer was. Resolves when the node has taken it.
 * @throws Refusal; LineLost when the node does not answer any more
 */
export async function transfer(
  conversation: Conversation,
  { payload, bytes, reasonOf }: Payload,
  signal: AbortSignal,
  { onProgress }: TransferEvents,
): Promise<void> {
  const refuse = ({ code, detail }: Answer): never => {
    throw new Refusal([reasonOf(code), printable(detail)].filter((text) => text !== "").join(": "));
  };
  /** Until the answer is another one than "wait". */
  async function settled(ask: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const answer = await ask();
      if (answer.outcome === "refused") refuse(answer);
      if (answer.outcome !== "wait") return answer;
      await sleep(waitEvery);
    }
  }
  const begin = encodeBegin({ payload, bytes: bytes.length, check: crc32(bytes) });
  for (let begins = 0; begins < maxBegins; begins++) {
    let { received } = await settled(() => conversation.request(signal, "begin", begin));
    let isKnown = true;
    while (isKnown && received < bytes.length) {
      onProgress(received);
      const data = encodeData(received, bytes.subarray(received, received + chunkBytes));
      const answer = await settled(() => conversation.request(signal, "data", data));
      // It was reset.
      isKnown = answer.outcome === "ok";
      received = answer.received;
    }
    if (!isKnown) continue;
    onProgress(bytes.length, "the node checks it when no window is under way");
    const { outcome } = await settled(() => conversation.request(signal, "finish"));
    if (outcome === "ok") return;
  }
  throw new UserError(`the node has forgotten what it was sent, ${maxBegins} times: is its supply good enough?`);
}
