import { PayloadError } from "../codec/types.js";
import type { Frame } from "./frames.js";
import {
  answerBit,
  decodeBegin,
  decodeRecord,
  decodeData,
  encodeAnswer,
  encodeHello,
  kinds,
  type Answer,
  type Begin,
  type Hello,
} from "./messages.js";
import type { PayloadReceiver, Refused } from "./receiver.js";

/** Code of what an exception ended. */
const failed = 255;

export type Transfer = Begin & { received: number };

export interface SerialServerParts {
  /** By payload kind. */
  receivers: Readonly<Record<number, PayloadReceiver | undefined>>;
  /** What the node says of itself, but for the transfer. */
  hello(): Omit<Hello, "payload" | "bytes" | "check" | "received" | "payloads">;
  /** The settings in force, in payloads of at most `settingsRoom` bytes. */
  settings(): Uint8Array[];
  /** The answer to a request to record; undefined: the node cannot. @param session the host's number of it */
  record?(session: number): Uint8Array | undefined;
  /** No window is under way: what takes long may be done. */
  isFree(): boolean;
}

const isSame = (a: Begin | undefined, b: Begin): boolean =>
  a?.payload === b.payload && a.bytes === b.bytes && a.check === b.check;

/**
 * The node's end of the protocol, without the line: a frame in, its answer out. Each request may come again, since its answer may be lost: it has the
 * same effect then.
 */
export class SerialServer {
  readonly #parts: SerialServerParts;
  #transfer: (Transfer & { receiver: PayloadReceiver; isPrepared: boolean }) | undefined;
  /** The request to finish that waits for the window's end. */
  #waiting: Frame | undefined;
  /** How the last transfer ended. */
  #ended: { begin: Begin; refused: Refused | undefined } | undefined;

  constructor(parts: SerialServerParts) {
    this.#parts = parts;
  }

  /** A transfer is under way. */
  get isReceiving(): boolean {
    return this.#transfer !== undefined;
  }

  /** @returns undefined for what is no request */
  answer(request: Frame): Frame | undefined {
    const { kind } = request;
    try {
      switch (kind) {
        case kinds.hello:
          return this.greeting(request.number);
        case kinds.begin:
          return this.#reply(request, this.#begin(decodeBegin(request.content)));
        case kinds.data:
          return this.#reply(request, this.#write(request.content));
        case kinds.finish:
          return this.#reply(request, this.#finish(request));
        case kinds.cancel:
          this.#cancel();
          return this.#reply(request, this.#outcome("ok"));
        case kinds.settings:
          return this.#settings(request);
        case kinds.record:
          return this.#record(request);
        default:
          return undefined;
      }
    } catch (error) {
      this.#cancel();
      return this.#reply(request, this.#refuse({ code: failed, detail: String(error) }));
    }
  }

  #record({ kind, number, content }: Frame): Frame | undefined {
    const answer = this.#parts.record?.(decodeRecord(content));
    return answer && { kind: kind | answerBit, number, content: answer };
  }

  /** The part that is asked for, after how many there are. */
  #settings({ kind, number, content: [part = 0] }: Frame): Frame {
    const parts = this.#parts.settings();
    return { kind: kind | answerBit, number, content: Uint8Array.of(parts.length, ...(parts[part] ?? [])) };
  }

  greeting(number = 0): Frame {
    const { payload, bytes, check, received } = this.#transfer ?? { payload: 0, bytes: 0, check: 0, received: 0 };
    let payloads = 0;
    for (const key in this.#parts.receivers) payloads |= 1 << Number(key);
    const content = encodeHello({ ...this.#parts.hello(), payloads, payload, bytes, check, received });
    return { kind: kinds.hello | answerBit, number, content };
  }

  /** A window was handled, and the next one has not begun. @returns the answer to a request that has waited for that */
  windowHandled(): Frame | undefined {
    const request = this.#waiting;
    if (!request) return undefined;
    this.#waiting = undefined;
    try {
      return this.#reply(request, this.#end());
    } catch (error) {
      this.#cancel();
      return this.#reply(request, this.#refuse({ code: failed, detail: String(error) }));
    }
  }

  #reply({ kind, number }: Frame, answer: Answer): Frame {
    return { kind: kind | answerBit, number, content: encodeAnswer(answer) };
  }

  #outcome(outcome: Answer["outcome"]): Answer {
    return { outcome, received: this.#transfer?.received ?? 0, code: 0, detail: "" };
  }

  #refuse({ code, detail }: Refused): Answer {
    return { outcome: "refused", received: 0, code, detail };
  }

  #begin(begin: Begin): Answer {
    const { payload, bytes } = begin;
    const known = this.#transfer;
    // The host has not heard that it was taken.
    if (isSame(this.#ended?.begin, begin) && this.#parts.receivers[payload]?.isTaken?.())
      return { ...this.#outcome("ok"), received: bytes };
    if (!isSame(known, begin)) {
      this.#cancel();
      const receiver = this.#parts.receivers[payload];
      if (!receiver) return this.#refuse({ code: failed, detail: `payload kind ${payload} is not taken` });
      const refused = receiver.begin(bytes);
      if (refused) return this.#refuse(refused);
      this.#transfer = { ...begin, received: 0, receiver, isPrepared: false };
    }
    const transfer = this.#transfer!;
    transfer.isPrepared ||= !(transfer.receiver.prepare?.() ?? false);
    return this.#outcome(transfer.isPrepared ? "ok" : "wait");
  }

  #write(content: Uint8Array): Answer {
    const transfer = this.#transfer;
    if (!transfer?.isPrepared) return this.#outcome("none");
    const { offset, data } = decodeData(content);
    // What came before is answered again; what lies ahead has to wait.
    if (offset === transfer.received) {
      if (offset + data.length > transfer.bytes)
        throw new PayloadError(`${data.length} bytes at ${offset} of ${transfer.bytes}`);
      const refused = transfer.receiver.write(data);
      if (refused) return this.#ends(transfer, refused);
      transfer.received += data.length;
    }
    return this.#outcome("ok");
  }

  #finish(request: Frame): Answer {
    const transfer = this.#transfer;
    if (!transfer) {
      if (!this.#ended) return this.#outcome("none");
      return this.#ended.refused ? this.#refuse(this.#ended.refused) : this.#outcome("ok");
    }
    // The host goes on with what is missing.
    if (transfer.received < transfer.bytes) return this.#outcome("none");
    if (this.#parts.isFree()) return this.#end();
    this.#waiting = request;
    return this.#outcome("wait");
  }

  /** The host asks again after a step. */
  #end(): Answer {
    const transfer = this.#transfer!;
    this.#waiting = undefined;
    if (transfer.receiver.check?.()) return this.#outcome("wait");
    return this.#ends(transfer, transfer.receiver.finish());
  }

  #ends({ payload, bytes, check }: Begin, refused: Refused | undefined): Answer {
    this.#transfer = undefined;
    this.#ended = { begin: { payload, bytes, check }, refused };
    return refused ? this.#refuse(refused) : this.#outcome("ok");
  }

  #cancel(): void {
    const transfer = this.#transfer;
    this.#transfer = this.#waiting = this.#ended = undefined;
    transfer?.receiver.cancel();
  }
}
