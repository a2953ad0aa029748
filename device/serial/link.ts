import Serial from "embedded:io/serial";
import Sleep from "sleep";
import Timer from "timer";
import { encodeFrame, FrameReader, maxFrame, type Checksum, type Frame } from "./frames.js";
import { kinds, samplesKind } from "./messages.js";
import { Outflow } from "./outflow.js";
import { roomBytes } from "./samples.js";
import type { SerialServer } from "./server.js";

/** ms for which the node listens after it has said hello. */
const greetingMs = 250;
/** ms without a request after which a session is over. */
const sessionMs = 3000;

/** As `serial` of the node description. */
export interface SerialSettings {
  port: number;
  baud: number;
  transmit: number;
  receive: number;
}

export interface SerialLinkParts {
  settings: SerialSettings;
  server: SerialServer;
  /** It does not keep the node awake any more. */
  onIdle(): void;
  journal(event: string, fields: Record<string, unknown>): void;
}

/** Bytes that may wait on the node for the line: beyond the samples' room there is some for answers. */
const answerRoom = roomBytes + 8 * maxFrame;

/** What hands samples to the host, in a session that it has asked for. */
export interface LinkRecorder {
  request(session: number): Uint8Array;
  /** The host is gone. */
  stop(): void;
}

const checksum: Checksum = (bytes) => Sleep.checksum(bytes);

/**
 * The line to a host: a UART of the chip. The node says hello and listens for a moment; a host that answers keeps it awake while the session lasts. In light sleep the
 * UART hears nothing, so a host waits for the next hello.
 */
export class SerialLink {
  readonly #parts: SerialLinkParts;
  #port: Serial | undefined;
  readonly #outflow: Outflow;
  /** Of frames with samples. */
  #sampled = 0;
  /** Undefined: the node does not record. */
  recorder: LinkRecorder | undefined;
  /** There while something comes. */
  #reader: FrameReader | undefined;
  #timer: Timer | undefined;
  /** In a session. */
  #isHeard = false;

  constructor(parts: SerialLinkParts) {
    this.#parts = parts;
    const { port, baud, transmit, receive } = parts.settings;
    this.#outflow = new Outflow((frame) => this.#port!.write(frame), baud);
    try {
      this.#port = new Serial({
        port,
        baud,
        transmit,
        receive,
        format: "buffer",
        onReadable: () => this.#read(),
      });
    } catch (error) {
      // The debugger has the UART, or a pin is used: the node works without.
      parts.journal("serial failed", { port, error: String(error) });
    }
  }

  /** It listens: the program must not end. */
  get isBusy(): boolean {
    return this.#timer !== undefined;
  }

  /** Says hello, and listens. */
  greet(): void {
    if (!this.#port) return;
    this.#send(this.#parts.server.greeting());
    if (!this.#isHeard) this.#listen(greetingMs);
  }

  /** See SerialServer. */
  windowHandled(): void {
    if (!this.#port) return;
    const answer = this.#parts.server.windowHandled();
    if (answer) this.#send(answer);
    this.greet();
  }

  #listen(ms: number): void {
    if (this.#timer) Timer.clear(this.#timer);
    else Sleep.awake(true);
    this.#timer = Timer.set(() => this.#rest(), ms);
  }

  #rest(): void {
    this.#timer = this.#reader = undefined;
    this.#isHeard = false;
    this.recorder?.stop();
    Sleep.awake(false);
    this.#parts.onIdle();
  }

  #read(): void {
    const bytes = this.#port?.read();
    if (!(bytes instanceof ArrayBuffer)) return;
    this.#reader ??= new FrameReader(checksum);
    this.#reader.push(new Uint8Array(bytes), (frame) => this.#receive(frame));
  }

  #receive(frame: Frame): void {
    if (frame.kind === kinds.end) {
      if (this.#timer) {
        Timer.clear(this.#timer);
        this.#rest();
      }
      return;
    }
    const answer = this.#parts.server.answer(frame);
    if (!answer) return;
    this.#isHeard = true;
    this.#listen(sessionMs);
    this.#send(answer);
  }

  /** Bit/s. */
  get baud(): number {
    return this.#parts.settings.baud;
  }

  /** Of the recorder. @returns whether there is room for it */
  sendSamples(content: Uint8Array): boolean {
    this.#sampled = (this.#sampled + 1) & 0xff;
    return this.#outflow.send(encodeFrame({ kind: samplesKind, number: this.#sampled, content }, checksum), roomBytes);
  }

  /** The host asks again when it does not come. */
  #send(frame: Frame): void {
    this.#outflow.send(encodeFrame(frame, checksum), answerRoom);
  }
}
