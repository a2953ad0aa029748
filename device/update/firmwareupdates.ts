import { Verification } from "crypt";
import Flash from "flash";
import Firmware from "firmware";
import Update from "embedded:update";
import FlashStorage from "embedded:storage/flash";
import Sleep from "sleep";
import Timer from "timer";
import { chipIds, headBytesOf, readFirmwareHead, type ReadFirmwareHead } from "../codec/firmware.js";
import { signatureBytes } from "../codec/package.js";
import { PackageError, refusals, type Refusal, type UpdateEvent } from "../codec/update.js";
import type { NodeConfig } from "../config.js";
import { errorText } from "../errortext.js";
import type { Fields, RetainedPart } from "../flash/fields.js";
import { isProved, noFirmware, withProof, type Proof, type UpdateRecords } from "./records.js";

/** ms on probation after which a firmware that has not proved itself gives up. */
const probationMs = 86_400_000;
/** Bytes of an image that are read at once, and that are hashed in one step: some 10 ms of an ESP32-C3. */
const pieceBytes = 1024;
const stepBytes = 4 * pieceBytes;
/** The SDK's names of the slot that does not run. */
const otherSlot = "nextota";

export interface FirmwareNews {
  event: UpdateEvent;
  reason: Refusal;
  /** Its sequence. */
  subject: number;
  /** For people. */
  detail: string;
}

export interface FirmwareUpdatesParts {
  description: NodeConfig;
  publicKey: Uint8Array;
  records: UpdateRecords;
  onNews(news: FirmwareNews): void;
  /** Ends the program by `end` when nothing is under way. */
  restart(end: () => void): void;
}

/** What has come of a firmware. */
interface Coming {
  total: number;
  head: Uint8Array;
  read: ReadFirmwareHead | undefined;
  updater: ReturnType<typeof Update.open> | undefined;
  imageBytes: number;
  signature: Uint8Array;
  /** The next step of its check; and what came of that: undefined while there are more. */
  verify: (() => boolean | undefined) | undefined;
  isSigned: boolean | undefined;
}

/**
 * Replaces the firmware: what comes is written into the slot that does not run, by the SDK's module, checked there, and chosen by one write of the boot
 * loader's data. After the restart it is on probation until an uplink was acknowledged and a window handled; any reset before that, but the end of a deep
 * sleep, brings the old one back, by the boot loader.
 */
export class FirmwareUpdates implements RetainedPart {
  readonly #parts: FirmwareUpdatesParts;
  readonly #running = Firmware.running;
  #coming: Coming | undefined;
  /** Uptime, ms; 0: not on probation. */
  #probationSince = 0;
  /** The program began because a firmware was replaced, not because the one before crashed. */
  readonly wasIntended: boolean;

  constructor(parts: FirmwareUpdatesParts) {
    this.#parts = parts;
    this.wasIntended = this.#settle() && Sleep.cause === "panic";
  }

  /** What runs has not confirmed itself. */
  get isOnProbation(): boolean {
    return this.#running >= 0 && Firmware.stateOf(this.#running) === "pending";
  }

  layout(fields: Fields): void {
    this.#probationSince = fields.number(7, Math.round(this.#probationSince));
  }

  /** What has become of the firmware that was chosen. @returns whether this node has begun the program anew for it */
  #settle(): boolean {
    const { records } = this.#parts;
    const { newest, sequence, slot, reason } = records.firmware;
    if (sequence === 0) return false;
    const state = Firmware.stateOf(slot);
    if (slot === this.#running && state === "pending") {
      if (Sleep.cause !== "timer") this.#news("firmware accepted", "none", "");
      return Sleep.cause !== "timer";
    }
    // Power failed before it was chosen; or it is chosen, and the restart is still to come.
    if (slot !== this.#running && (state === "unknown" || state === "new")) {
      if (state === "unknown") records.putFirmware(noFirmware(newest));
      return false;
    }
    if (slot === this.#running) this.#news("firmware confirmed", "none", "");
    else
      this.#news(
        "firmware taken back",
        reason > 0 ? refusals[reason]! : "failed starts",
        reason > 0 ? "" : "it was reset before it had confirmed itself",
      );
    records.putFirmware(noFirmware(Math.max(newest, sequence)));
    return slot !== this.#running && reason > 0;
  }

  /** The node can be restarted from now on. @param uptime ms */
  run(uptime: () => number): void {
    const { sequence, slot } = this.#parts.records.firmware;
    if (sequence > 0 && slot !== this.#running) return this.#restart();
    if (!this.isOnProbation) this.#probationSince = 0;
    else if (this.#probationSince === 0) this.#probationSince = Math.max(1, uptime());
    if (this.#probationSince === 0) return;
    const left = this.#probationSince + probationMs - uptime();
    if (left > 0) Timer.set(() => this.#outOfTime(), left);
    else this.#outOfTime();
  }

  #outOfTime(): void {
    if (!this.isOnProbation) return;
    const { records } = this.#parts;
    records.putFirmware({ ...records.firmware, reason: refusals.indexOf("no acknowledgement") });
    if (Firmware.giveUp()) this.#restart();
  }

  #restart(): void {
    this.#parts.restart(() => Firmware.restart());
  }

  /** An uplink was acknowledged. */
  acknowledged(): void {
    this.#proved({ isAcknowledged: true });
  }

  /** A window was handled. */
  windowHandled(): void {
    this.#proved({ isWindowHandled: true });
  }

  #proved(what: Partial<Proof>): void {
    if (!this.isOnProbation) return;
    const { records } = this.#parts;
    const before = records.firmware;
    const trial = withProof(before, what) ?? before;
    if (!isProved(trial)) {
      if (trial !== before) records.putFirmware(trial);
      return;
    }
    if (!Firmware.confirm()) return;
    this.#news("firmware confirmed", "none", "");
    records.putFirmware(noFirmware(Math.max(before.newest, before.sequence)));
  }

  /** A file of so many bytes is about to come. @returns why not */
  begin(bytes: number): { code: number; detail: string } | undefined {
    this.cancel();
    return this.#try(() => {
      if (this.#running < 0) throw new PackageError("storage", "the flash has no two slots for the firmware");
      if (this.isOnProbation) throw new PackageError("on probation", "what runs has not confirmed itself yet");
      if (this.isTaken()) throw new PackageError("on probation", "one was chosen, and the node begins anew with it");
      this.#coming = {
        ...{ total: bytes, head: new Uint8Array(0), read: undefined, updater: undefined, imageBytes: 0 },
        ...{ signature: new Uint8Array(0), verify: undefined, isSigned: undefined },
      };
    });
  }

  /** The next of its bytes. @returns why the rest is not taken */
  write(bytes: Uint8Array): { code: number; detail: string } | undefined {
    return this.#try(() => this.#take(bytes));
  }

  #take(bytes: Uint8Array): void {
    const coming = this.#coming;
    if (!coming) throw new PackageError("malformed", "none was begun");
    let rest = bytes;
    while (!coming.read && rest.length > 0) {
      const missing = headBytesOf(coming.head) - coming.head.length;
      coming.head = joined(coming.head, rest.subarray(0, missing));
      rest = rest.subarray(missing);
      if (coming.head.length === headBytesOf(coming.head)) this.#open(coming);
    }
    if (!coming.read) return;
    const image = rest.subarray(0, coming.read.imageBytes - coming.imageBytes);
    if (image.length > 0) coming.updater!.write(image);
    coming.imageBytes += image.length;
    coming.signature = joined(coming.signature, rest.subarray(image.length));
    if (coming.signature.length > signatureBytes) throw new PackageError("wrong length", "more bytes than it says");
  }

  /** The head has come: nothing of it can be trusted yet, but what would be refused later is refused now. */
  #open(coming: Coming): void {
    const { description, records } = this.#parts;
    const read = readFirmwareHead(coming.head, coming.total);
    const flash = new Flash(otherSlot);
    if (read.imageBytes === 0 || read.imageBytes > flash.byteLength)
      throw new PackageError("too large", `an image of ${read.imageBytes} bytes, at most ${flash.byteLength}`);
    const { chip, board = "" } = description;
    if (read.chip !== chipIds[chip ?? "esp32"] || read.board !== board)
      throw new PackageError(
        "other board",
        `for "${read.board}", chip ${read.chip}; the node is "${board}", chip ${chipIds[chip ?? "esp32"]}`,
      );
    if (read.sequence <= records.firmware.newest)
      throw new PackageError("older sequence", `${read.sequence}, and ${records.firmware.newest} has run here before`);
    coming.read = read;
    coming.updater = Update.open({ partition: FlashStorage.open({ path: otherSlot }), mode: "a" });
  }

  /** One was chosen, and waits for the restart. */
  isTaken(): boolean {
    const { sequence, slot } = this.#parts.records.firmware;
    return sequence > 0 && slot !== this.#running;
  }

  /** All of it has come: a step of what takes seconds then, the signature's check. @returns whether there are more */
  check(): boolean {
    const coming = this.#coming;
    if (!coming || !isComplete(coming) || coming.isSigned !== undefined) return false;
    coming.verify ??= this.#verification(coming);
    coming.isSigned = coming.verify();
    return coming.isSigned === undefined;
  }

  /** All of it has come. @returns why it is not taken; else the node begins anew with it */
  finish(): { code: number; detail: string } | undefined {
    return this.#try(() => {
      const { records } = this.#parts;
      const coming = this.#coming;
      if (!coming || !isComplete(coming)) throw new PackageError("wrong length", "it is not complete");
      while (this.check());
      if (!coming.isSigned) throw new PackageError("bad signature", "it is not signed by the node's key");
      const before = records.firmware;
      const { sequence } = coming.read!;
      records.putFirmware({ ...noFirmware(before.newest), sequence, slot: 1 - this.#running });
      try {
        coming.updater!.complete();
      } catch (error) {
        records.putFirmware(before);
        throw new PackageError("bad image", errorText(error));
      }
      this.#coming = undefined;
      this.#restart();
    });
  }

  /** Of what is in flash, not of what has come. @returns its next step */
  #verification({ head, imageBytes, signature }: Coming): () => boolean | undefined {
    const verification = new Verification(this.#parts.publicKey, signature);
    verification.add(head);
    const flash = new Flash(otherSlot);
    let at = 0;
    return () => {
      if (at === imageBytes) return verification.step();
      for (const end = Math.min(at + stepBytes, imageBytes); at < end;) {
        const length = Math.min(pieceBytes, end - at);
        verification.add(new Uint8Array(flash.read(at, (length + 3) & ~3), 0, length));
        at += length;
      }
      return undefined;
    };
  }

  /** The rest does not come. */
  cancel(): void {
    const updater = this.#coming?.updater;
    this.#coming = undefined;
    if (!updater) return;
    updater.close();
    // What nobody has signed is no image that the boot loader could ever start.
    new Flash(otherSlot).erase(0);
  }

  #try(run: () => void): { code: number; detail: string } | undefined {
    try {
      run();
      return undefined;
    } catch (error) {
      const { reason, detail } =
        error instanceof PackageError ? error : { reason: "storage" as const, detail: errorText(error) };
      const subject = this.#coming?.read?.sequence ?? 0;
      this.cancel();
      this.#parts.onNews({ event: "firmware refused", reason, subject, detail });
      return { code: refusals.indexOf(reason), detail };
    }
  }

  #news(event: UpdateEvent, reason: Refusal, detail: string): void {
    this.#parts.onNews({ event, reason, subject: this.#parts.records.firmware.sequence, detail });
  }
}

const isComplete = ({ read, imageBytes, signature }: Coming): boolean =>
  read !== undefined && imageBytes >= read.imageBytes && signature.length >= signatureBytes;

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
