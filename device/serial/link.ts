import Serial from "embedded:io/serial";
import Sleep from "sleep";
import Timer from "timer";
import { encodeFrame, FrameReader, type Checksum, type Frame } from "./frames.js";
import { kinds } from "./messages.js";
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

const checksum: Checksum = (bytes) => Sleep.checksum(bytes);

/**
 * The line to a host: a UART of the chip. The node says hello and listens for a moment; a host that answers keeps it awake while the session lasts. In light sleep the
 * UART hears nothing, so a host waits for the next hello.
 */
export class SerialLink {
  readonly #parts: SerialLinkParts;
  #port: Serial | undefined;
  /** There while something comes. */
  #reader: FrameReader | undefined;
  #timer: Timer | undefined;
  /** In a session. */
  #isHeard = false;

  constructor(parts: SerialLinkParts) {
    this.#parts = parts;
    const { port, baud, transmit, receive } = parts.settings;
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

  /** The host asks again when it does not come. */
  #send(frame: Frame): void {
    try {
      this.#port!.write(encodeFrame(frame, checksum));
    } catch {
      // What was sent before is still in the UART, which has no room.
    }
  }
}
