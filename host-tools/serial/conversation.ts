import type { Duplex } from "node:stream";
import { crc32 } from "../../device/flash/crc32.js";
import { encodeFrame, FrameReader, type Frame } from "../../device/serial/frames.js";
import {
  answerBit,
  decodeAnswer,
  decodeHello,
  decodeSettingsPart,
  encodeRecord,
  kinds,
  samplesKind,
  type Answer,
  type Hello,
} from "../../device/serial/messages.js";
import { decodeRecordingState, decodeSamples, type RecordingState, type Samples } from "../../device/serial/samples.js";
import type { SettingsReport } from "../../device/codec/settingsreport.js";
import { PayloadError } from "../../device/codec/types.js";
import { UserError } from "../lib/errors.js";

/** ms until a request is sent again, besides the time that it takes on the line. */
const patience = [300, 600, 1200, 2400, 2400];
/** The same of `finish`: a node checks the whole of a firmware then, and does not answer meanwhile. */
const finishPatience = [...patience, 10_000, 20_000, 30_000];
/** ms between two questions whether a node is there. */
const askEvery = 400;

/** The node does not answer, or the line was interrupted: it may be back later. */
export class LineLost extends Error {
  override name = "LineLost";
}

type Kind = keyof typeof kinds;

/** One line to a node: requests with their answers, one at a time, and hellos. */
export class Conversation {
  readonly #stream: Duplex;
  readonly #slowness: number;
  readonly #reader = new FrameReader(crc32);
  #number = Math.floor(Math.random() * 255);
  #answered: ((frame: Frame) => void) | undefined;
  #greeted: ((hello: Hello) => void) | undefined;
  #lost: ((error: LineLost | UserError) => void) | undefined;
  #isClosed = false;
  /** What the node's sensors measured, while it is asked to record. */
  onSamples: ((samples: Samples) => void) | undefined;
  /** The node's last words. */
  hello: Hello | undefined;

  /** @param slowness ms that the longest frames take on the line, both ways */
  constructor(stream: Duplex, slowness: number) {
    this.#stream = stream;
    this.#slowness = slowness;
    stream.on("data", (data: Buffer) => this.#reader.push(data, (frame) => this.#receive(frame)));
    stream.on("error", () => stream.destroy());
    stream.on("close", () => this.#end(new LineLost("the line was closed")));
    stream.on("end", () => stream.destroy());
  }

  #end(error: LineLost | UserError): void {
    this.#isClosed = true;
    this.#lost?.(error);
  }

  #sampled(content: Uint8Array): void {
    try {
      this.onSamples?.(decodeSamples(content));
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
    }
  }

  #receive(frame: Frame): void {
    if (frame.kind === samplesKind) return this.#sampled(frame.content);
    if (frame.kind !== (kinds.hello | answerBit)) return this.#answered?.(frame);
    try {
      this.hello = decodeHello(frame.content);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      return this.#lost?.(new UserError(`the node at the other end speaks otherwise: ${error.message}`));
    }
    this.#greeted?.(this.hello);
  }

  #send(kind: Kind, content: Uint8Array): number {
    this.#number = (this.#number % 255) + 1;
    if (!this.#isClosed) this.#stream.write(encodeFrame({ kind: kinds[kind], number: this.#number, content }, crc32));
    return this.#number;
  }

  /** Rejects with LineLost when the line is closed, or with the signal's reason. */
  #until<T>(signal: AbortSignal, begin: (resolve: (value: T) => void) => () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#isClosed) return reject(new LineLost("the line was closed"));
      signal.throwIfAborted();
      const onAbort = (): void => settle(() => reject(signal.reason as Error));
      const end = begin((value) => settle(() => resolve(value)));
      const settle = (how: () => void): void => {
        end();
        this.#lost = undefined;
        signal.removeEventListener("abort", onAbort);
        how();
      };
      this.#lost = (error) => settle(() => reject(error));
      signal.addEventListener("abort", onAbort);
    });
  }

  /** The node's next hello. @param isAsking it is asked for one, as it may be awake already */
  nextHello(signal: AbortSignal, isAsking: boolean): Promise<Hello> {
    return this.#until<Hello>(signal, (resolve) => {
      this.#greeted = resolve;
      const ask = (): void => void this.#send("hello", new Uint8Array(0));
      if (isAsking) ask();
      const timer = isAsking ? setInterval(ask, askEvery) : undefined;
      return () => {
        clearInterval(timer);
        this.#greeted = undefined;
      };
    });
  }

  /** Sends a request until it is answered. @throws LineLost when it is not */
  request(signal: AbortSignal, kind: Kind, content: Uint8Array = new Uint8Array(0)): Promise<Answer> {
    return this.#ask(signal, kind, content, decodeAnswer);
  }

  /** The settings that the node has in force, in parts; none: it does not say them. @throws LineLost */
  async settings(signal: AbortSignal, { hasSettings }: Hello): Promise<SettingsReport[]> {
    const reports: SettingsReport[] = [];
    for (let part = 0, count = hasSettings ? 1 : 0; part < count; part++) {
      const { parts, report } = await this.#ask(signal, "settings", Uint8Array.of(part), decodeSettingsPart);
      reports.push(report);
      count = parts;
    }
    return reports;
  }

  /** Has the node record, or go on with it, for some seconds. @param session a number of the host's @throws LineLost */
  record(signal: AbortSignal, session: number): Promise<RecordingState> {
    return this.#ask(signal, "record", encodeRecord(session), decodeRecordingState);
  }

  /** @param decode throws PayloadError for what is no answer */
  #ask<T>(signal: AbortSignal, kind: Kind, content: Uint8Array, decode: (content: Uint8Array) => T): Promise<T> {
    return this.#until<T>(signal, (resolve) => {
      const sent = new Set<number>();
      const waits = kind === "finish" ? finishPatience : patience;
      let tries = 0;
      let timer: NodeJS.Timeout | undefined;
      const send = (): void => {
        const wait = waits[tries++];
        if (wait === undefined) return this.#lost?.(new LineLost("the node does not answer"));
        sent.add(this.#send(kind, content));
        timer = setTimeout(send, wait + this.#slowness);
      };
      this.#answered = (frame) => {
        // Of an earlier try too: they all mean the same.
        if (frame.kind !== (kinds[kind] | answerBit) || !sent.has(frame.number)) return;
        try {
          resolve(decode(frame.content));
        } catch (error) {
          if (!(error instanceof PayloadError)) throw error;
        }
      };
      send();
      return () => {
        clearTimeout(timer);
        this.#answered = undefined;
      };
    });
  }

  /** The session is over: the node may sleep. Without an answer. */
  endSession(): void {
    this.#send("end", new Uint8Array(0));
  }

  /** When what was written is out. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    await new Promise<void>((resolve) => this.#stream.end(resolve));
    this.#stream.destroy();
  }
}
