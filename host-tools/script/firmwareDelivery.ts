import { refusals } from "../../device/codec/update.js";
import { payloads, type Hello } from "../../device/serial/messages.js";
import { UserError } from "../lib/errors.js";
import type { Conversation } from "../serial/conversation.js";
import { Refusal, transfer } from "../serial/transfer.js";

/** waiting: the node has it, and has not said more yet. */
export type FirmwareState = "waiting" | "probation" | "confirmed";

/** What a node's hello says of a firmware; undefined: nothing. @throws Refusal when the node has taken it back */
function stateOf({ event, reason, subject }: Hello, sequence: number): FirmwareState | undefined {
  if (subject !== sequence) return undefined;
  if (event === "firmware taken back") throw new Refusal(`taken back: ${reason}`);
  if (event === "firmware accepted") return "probation";
  return event === "firmware confirmed" ? "confirmed" : undefined;
}

/** A firmware on its way over a serial line: what is to be done at each hello of the node. */
export class FirmwareDelivery {
  readonly #bytes: Uint8Array;
  readonly #sequence: number;
  readonly #devEui: string;
  #wasSent = false;

  /** @param devEui of the node, hexadecimal */
  constructor(bytes: Uint8Array, sequence: number, devEui: string) {
    this.#bytes = bytes;
    this.#sequence = sequence;
    this.#devEui = devEui.toLowerCase();
  }

  /** @throws UserError for another node, Refusal */
  async heard(
    hello: Hello,
    conversation: Conversation,
    signal: AbortSignal,
    onProgress: (received: number, note?: string) => void,
  ): Promise<FirmwareState> {
    const there = Buffer.from(hello.devEui).toString("hex");
    if (there !== this.#devEui) throw new UserError(`node ${there} is at the other end, not ${this.#devEui}`);
    const state = stateOf(hello, this.#sequence);
    if (state) return state;
    if (this.#wasSent) return "waiting";
    if (!(hello.payloads & (1 << payloads.firmware)))
      throw new UserError(`node ${there} takes no firmware: its description has no updates.publicKey`);
    await transfer(
      conversation,
      { payload: payloads.firmware, bytes: this.#bytes, reasonOf: (code) => refusals[code] ?? "failed" },
      signal,
      { onProgress },
    );
    this.#wasSent = true;
    // It begins anew when nothing keeps it awake.
    conversation.endSession();
    return "waiting";
  }
}
