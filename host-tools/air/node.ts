import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Medium, Sent } from "./medium.js";
import { draw } from "./physics.js";
import type { AirPacket, NodeOptions, Position } from "./types.js";

/** Messages of a program's simulated chip (host-tools/xs/sim/radio/airPort.c); times are microseconds of its clock. */
interface Message {
  send?: number;
  listen?: number;
  stop?: number;
  at?: number;
  wait?: number | null;
  fate?: number;
  level?: number;
  noise?: boolean;
  now?: number;
  end: number;
  frequency: number;
  sf: number;
  bandwidth: number;
  codingRate: number;
  preamble: number;
  invertIQ: number;
  crc: number;
  header: number;
  syncWord: number;
  power: number;
  impairment: number;
  payload: string;
}

/** An open receiver. */
interface Listening {
  /** Hz of the node's own clock */
  frequency: number;
  sf: number;
  /** Hz */
  bandwidth: number;
  /** air time */
  since: number;
  /** ID of the newest packet that `next` was chosen from. */
  known: number;
  /** The first packet that it can hear and that was not delivered. */
  next: Sent | undefined;
}

/** A question that blocks the program until it is answered. `time`: air time at which the answer is known. */
interface Question {
  kind: "wait" | "fate" | "level";
  time: number;
  message: Message;
}

/** A killed program may leave an incomplete line. */
function parse(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}

/** The air's side of one program: its position, its clock, and how far it has run. */
export class NodePort {
  readonly id: string;
  readonly position: Position;
  /** Air time before which the program will not send anything new. */
  bound: number;
  question: Question | undefined;
  /** The program has ended; with `holds` its time stands still. */
  ended = false;
  readonly holds: boolean;
  /** Seed of the simulated chip's noise and random numbers: different for each node and each of its starts. */
  readonly #noise: number;
  readonly #medium: Medium;
  readonly #changed: () => void;
  readonly #start: number;
  readonly #rate: number;
  #output: Writable | undefined;
  #listening: Listening | undefined;
  /** Packets delivered to the program. */
  readonly #delivered = new Set<number>();

  constructor(id: string, options: NodeOptions & { startAt: number }, medium: Medium, changed: () => void) {
    this.id = id;
    this.position = options.position ?? { x: 0, y: 0 };
    this.holds = options.holdWhenEnded ?? false;
    this.bound = this.#start = options.startAt;
    // A fast clock counts more microseconds than the air's.
    this.#rate = 1 + (options.ppm ?? 0) / 1e6;
    this.#noise = Math.floor(draw(medium.seed, "noise", id, this.#start) * 2 ** 32);
    this.#medium = medium;
    this.#changed = changed;
  }

  /** AirPeer of host-tools/xs. */
  attach(output: Readable, input: Writable): void {
    this.#output = input;
    input.on("error", () => this.#end());
    const lines = createInterface({ input: output, crlfDelay: Infinity });
    lines.on("line", (line) => this.#onLine(line));
    lines.on("close", () => this.#end());
    // readline passes on the error of what it reads.
    lines.on("error", () => this.#end());
    output.on("error", () => this.#end());
  }

  #end(): void {
    if (this.ended) return;
    this.ended = true;
    this.question = this.#listening = undefined;
    this.#changed();
  }

  #toAir(local: number): number {
    return this.#start + local / this.#rate;
  }

  #toLocal(time: number): number {
    return Math.max(0, Math.round((time - this.#start) * this.#rate));
  }

  #onLine(line: string): void {
    const message = parse(line);
    if (!message) return;
    if (message.noise) return this.#write({ noise: this.#noise });
    if (message.send !== undefined) this.#send(message.send, message);
    else if (message.listen !== undefined)
      this.#listening = {
        frequency: message.frequency,
        sf: message.sf,
        bandwidth: message.bandwidth,
        since: this.#toAir(message.listen),
        known: 0,
        next: undefined,
      };
    else if (message.stop !== undefined) this.#listening = undefined;
    else if (message.at !== undefined) this.bound = this.#toAir(message.at);
    else this.#ask(message);
    this.#changed();
  }

  #send(start: number, m: Message): void {
    // Half a microsecond of rounding must not let it begin before the time guaranteed to others.
    const from = Math.max(this.#toAir(start), this.bound);
    const packet: AirPacket & { header: boolean } = {
      start: from,
      end: from + (m.end - start) / this.#rate,
      frequency: m.frequency * this.#rate,
      sf: m.sf,
      bandwidth: m.bandwidth,
      codingRate: m.codingRate,
      invertIQ: m.invertIQ !== 0,
      crc: m.crc !== 0,
      preamble: m.preamble,
      syncWord: m.syncWord,
      power: m.power,
      payload: new Uint8Array(Buffer.from(m.payload, "hex")),
      from: this.id,
      impairment: m.impairment,
      header: m.header !== 0,
    };
    this.bound = from;
    this.#medium.add(packet, this.position);
  }

  #ask(message: Message): void {
    const kind = message.wait !== undefined ? "wait" : message.fate !== undefined ? "fate" : "level";
    const local = kind === "wait" ? (message.wait ?? Infinity) : kind === "fate" ? message.now! : message.level!;
    const time = local === Infinity ? Infinity : this.#toAir(local);
    const now = message.now === undefined ? time : this.#toAir(message.now);
    this.bound = Math.max(this.bound, Math.min(now, time));
    this.question = { kind, time, message };
  }

  /**
   * The first packet on the receiver's channel that was not yet delivered to the program. Looks only at packets that came since it was last asked:
   * each node listens most of the time for an answer, and each other node's next packets are known ahead.
   */
  #nextPacket(): Sent | undefined {
    const listening = this.#listening;
    if (!listening) return undefined;
    const { packets } = this.#medium;
    for (let i = packets.length - 1; i >= 0 && packets[i]!.id > listening.known; i--) {
      const packet = packets[i]!;
      const { next } = listening;
      if (!this.#hears(listening, packet)) continue;
      if (!next || packet.start < next.start || (packet.start === next.start && packet.from < next.from))
        listening.next = packet;
    }
    listening.known = packets.at(-1)?.id ?? listening.known;
    return listening.next;
  }

  #hears(listening: Listening, packet: Sent): boolean {
    return (
      packet.sf === listening.sf &&
      packet.bandwidth === listening.bandwidth &&
      packet.end > listening.since &&
      packet.from !== this.id &&
      !this.#delivered.has(packet.id) &&
      Math.abs(packet.frequency - listening.frequency * this.#rate) < listening.bandwidth / 2
    );
  }

  /** Air time of the next message to the program; Infinity when none is pending. */
  get due(): number {
    const { question } = this;
    if (!question) return this.bound;
    if (question.kind !== "wait") return question.time;
    return Math.max(this.bound, Math.min(question.time, this.#nextPacket()?.start ?? Infinity));
  }

  /** No undelivered packet is on the air from `from` up to this time. */
  #silentUntil(from: number, limit: number): number {
    let until = limit;
    for (const packet of this.#medium.packets) {
      if (packet.from !== this.id && packet.end > from && !this.#delivered.has(packet.id))
        until = Math.min(until, Math.max(from, packet.start));
    }
    return until;
  }

  /**
   * Answers the question; all that begins before `due` must be known.
   * @param limit air time before which no other participant can act, unless this program does
   */
  answer(limit: number): void {
    const { question } = this;
    if (!question) return;
    this.question = undefined;
    const { message } = question;
    if (question.kind === "fate") {
      const packet = this.#medium.find(message.fate!);
      const reception = packet ? this.#medium.receive(packet, this.id, this.position) : "lost";
      this.bound = Math.max(this.bound, question.time);
      this.#write({ fate: { good: 0, badCrc: 1, lost: 2 }[reception] });
    } else if (question.kind === "level") {
      this.bound = Math.max(this.bound, question.time);
      this.#write({
        level: this.#medium.level(
          question.time,
          message.frequency * this.#rate,
          message.bandwidth,
          this.id,
          this.position,
        ),
      });
    } else {
      const packet = this.#nextPacket();
      if (packet && packet.start <= question.time) this.#deliver(packet);
      else {
        if (question.time !== Infinity) this.bound = question.time;
        const until = this.#silentUntil(question.time, limit);
        this.#write({
          go:
            until === Infinity
              ? Number.MAX_SAFE_INTEGER
              : Math.max(Math.floor((until - this.#start) * this.#rate), message.wait ?? 0),
        });
      }
    }
  }

  #deliver(packet: Sent): void {
    this.bound = Math.max(this.bound, packet.start);
    this.#delivered.add(packet.id);
    if (this.#listening) Object.assign(this.#listening, { known: 0, next: undefined });
    if (this.#delivered.size > 200)
      for (const id of this.#delivered) if (!this.#medium.find(id)) this.#delivered.delete(id);
    const { rssi, snr } = this.#medium.signal(packet, this.id, this.position);
    this.#write({
      packet: packet.id,
      start: this.#toLocal(packet.start),
      end: this.#toLocal(packet.end),
      frequency: Math.round(packet.frequency / this.#rate),
      sf: packet.sf,
      bandwidth: packet.bandwidth,
      codingRate: packet.codingRate,
      preamble: packet.preamble,
      invertIQ: packet.invertIQ ? 1 : 0,
      crc: packet.crc ? 1 : 0,
      header: packet.header ? 1 : 0,
      syncWord: packet.syncWord,
      impairment: packet.impairment,
      rssi,
      snr,
      payload: Buffer.from(packet.payload).toString("hex"),
    });
  }

  #write(reply: object): void {
    this.#output?.write(`${JSON.stringify(reply)}\n`);
  }
}
