import { printable } from "../lib/terminal.js";
import type { NodeConfig } from "../../device/config.js";
import { refusals } from "../../device/codec/update.js";
import { payloads, type Hello } from "../../device/serial/messages.js";
import { UserError } from "../lib/errors.js";
import { Refusal, transfer, type Payload } from "../serial/transfer.js";
import type { Conversation } from "../serial/conversation.js";
import { inspectPackage, isInForce, type InspectedPackage } from "./inspect.js";
import { profileHash } from "../node/profile.js";
import { describeStatus } from "./view.js";

/** absent: it has not come yet; staged: checked at the node's next start. */
export type PackageState = "absent" | "staged" | "probation" | "confirmed";

/** What a node's hello says of a package. @throws Refusal when the node has refused it, or taken it back */
function stateOf(hello: Hello, package_: InspectedPackage, wasSent: boolean): PackageState {
  const { sequence, back } = package_;
  const { newest, isOnProbation, isStaged, event, reason, subject } = hello;
  if (newest > sequence) throw new Refusal(`package ${newest} is newer, and was in force on the node`);
  if (newest === sequence) {
    if (isOnProbation) return "probation";
    if (isInForce(package_, hello) || back.length > 0) return "confirmed";
    throw new Refusal(
      `taken back: ${event === "taken back" && subject === sequence ? reason : "it did not prove itself"}`,
    );
  }
  if (isStaged) return "staged";
  if (wasSent && event === "refused") throw new Refusal(reason);
  return "absent";
}

/** @throws UserError when another node answers than the description's */
export function requireNode(hello: Hello, config: NodeConfig, devEui = config.radio.devEui): void {
  const there = Buffer.from(hello.devEui).toString("hex");
  if (there !== devEui.toLowerCase()) throw new UserError(`node ${there} is at the other end, not ${devEui}`);
  if (!profileHash(config).equals(hello.profile))
    throw new UserError(
      `node ${there} has a firmware for another description: profile ${Buffer.from(hello.profile).toString("hex")}, this one's is ${profileHash(config).toString("hex")}`,
    );
}

const payloadOf = (bytes: Uint8Array): Payload => ({
  payload: payloads.package,
  bytes,
  reasonOf: (code) => refusals[code] ?? "failed",
});

/** A package on its way over a serial line: what is to be done at each hello of the node. */
export class SerialDelivery {
  readonly #bytes: Uint8Array;
  readonly #package: InspectedPackage;
  readonly #onState: (state: PackageState) => void;
  #wasSent = false;

  constructor(name: string, bytes: Uint8Array, onState: (state: PackageState) => void) {
    this.#bytes = bytes;
    this.#package = inspectPackage(name, bytes);
    this.#onState = onState;
  }

  /** @returns whether it is confirmed */
  async heard(
    hello: Hello,
    conversation: Conversation,
    signal: AbortSignal,
    onProgress: (received: number, note?: string) => void,
  ): Promise<boolean> {
    const state = stateOf(hello, this.#package, this.#wasSent);
    this.#onState(state);
    if (state !== "absent") return state === "confirmed";
    await transfer(conversation, payloadOf(this.#bytes), signal, { onProgress });
    this.#wasSent = true;
    this.#onState("staged");
    // It begins anew when nothing keeps it awake.
    conversation.endSession();
    return false;
  }
}

/** What a node says of itself, line by line. */
export function describeHello(hello: Hello): string[] {
  const { firmware, isOnProbation, isStaged, isSafeMode, isSampling, payload, received, bytes } = hello;
  return [
    `node ${Buffer.from(hello.devEui).toString("hex")}, firmware ${printable(firmware)}, profile ${Buffer.from(hello.profile).toString("hex")}`,
    `API level ${hello.apiLevel}, language level ${hello.languageLevel}`,
    ...describeStatus(hello),
    ...(isStaged ? ["a package has come, and is checked at the next start"] : []),
    ...(isOnProbation ? ["on probation"] : []),
    ...(isSafeMode ? ["safe mode"] : []),
    ...(isSampling ? ["a window is under way"] : []),
    ...(payload > 0 ? [`on its way: ${received} of ${bytes} bytes`] : []),
  ];
}
