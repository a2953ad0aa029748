import { UserError } from "../lib/errors.js";
import { airtime } from "./airtime.js";
import { Demodulators } from "./demodulators.js";
import { Medium, type Sent } from "./medium.js";
import { NodePort } from "./node.js";
import type {
  AirOptions,
  AirPacket,
  AirStatistics,
  GatewayPort,
  NodeOptions,
  Outgoing,
  Position,
  Station,
} from "./types.js";

interface Gateway {
  station: Station;
  position: Position;
  online: boolean;
  demodulators: Demodulators;
  /** Microseconds of its clock per microsecond of air time. */
  rate: number;
  /** Its scheduled and recent transmissions. */
  booked: { start: number; end: number }[];
}

interface Event {
  time: number;
  /** Orders events at the same time. */
  order: string;
  call: () => void | Promise<void>;
}

/** Microseconds between two looks for packets that can no longer matter. */
const forgetEvery = 20e6;

/**
 * The air between host programs and gateways: a conservative discrete-event simulation. An event is delivered only when
 * no participant can still change it, so a run does not depend on the speed of the processes.
 */
export class Air {
  readonly #medium: Medium;
  /** Of each gateway. */
  readonly #demodulators: number;
  readonly #nodes = new Map<string, NodePort>();
  readonly #gateways: Gateway[] = [];
  readonly #events: Event[] = [];
  #forgetsAt = 0;
  /** Number of the last packet whose end is among the events. */
  #announced = 0;
  #order = 0;
  #now = 0;
  #isRunning = false;
  #isWoken = false;
  #failure: ((error: unknown) => void) | undefined;

  constructor(options: AirOptions = {}) {
    const { demodulators = 8 } = options;
    if (!(Number.isInteger(demodulators) && demodulators >= 1))
      throw new UserError(`demodulators ${demodulators}: an integer from 1 on expected`);
    this.#demodulators = demodulators;
    this.#medium = new Medium(options);
  }

  /** Air time, microseconds: everything before it has happened. */
  get now(): number {
    return this.#now;
  }

  get statistics(): AirStatistics {
    return this.#medium.statistics;
  }

  /** Called with an exception of a gateway's or timer's callback; without it, an unhandled rejection. */
  set onFailure(call: (error: unknown) => void) {
    this.#failure = call;
  }

  /** Calls at `time` (air microseconds), in step with the nodes. A promise holds the clock. */
  at(time: number, call: () => void | Promise<void>): void {
    this.#insert({ time: Math.max(time, this.#now), order: `~${String(this.#order++).padStart(12, "0")}`, call });
    this.#wake();
  }

  addGateway(station: Station): GatewayPort {
    const position = station.position ?? { x: 0, y: 0 };
    const demodulators = new Demodulators(this.#demodulators, this.#medium, station.id, position);
    const gateway: Gateway = {
      station,
      position,
      demodulators,
      rate: 1 + (station.ppm ?? 0) / 1e6,
      online: true,
      booked: [],
    };
    this.#gateways.push(gateway);
    return {
      transmit: (start, packet) => this.#transmit(gateway, start / gateway.rate, packet),
      now: () => this.#now * gateway.rate,
      setOnline: (online) => void (gateway.online = online),
    };
  }

  /** The radio side of a program: pass it to runHost. Air time waits for the program from now on. */
  nodePort(id: string, options: NodeOptions = {}): NodePort {
    const former = this.#nodes.get(id);
    if (former && !former.ended)
      throw new UserError(`air: there is a node ${id} already, and its program has not ended`);
    const startAt = Math.max(options.startAt ?? this.#now, this.#now, former?.bound ?? 0);
    const node = new NodePort(id, { ...options, startAt }, this.#medium, () => this.#wake());
    this.#nodes.set(id, node);
    return node;
  }

  /** Removes a node: air time no longer waits for it. */
  remove(id: string): void {
    this.#nodes.delete(id);
    this.#wake();
  }

  /** How far the last program with that id has run (air microseconds). */
  timeOf(id: string): number {
    return this.#nodes.get(id)?.bound ?? this.#now;
  }

  #transmit(gateway: Gateway, start: number, outgoing: Outgoing): boolean {
    // Tolerate the rounding of the gateway's clock.
    if (!gateway.online || start < this.#now - 1) return false;
    start = Math.max(start, this.#now);
    const packet: AirPacket = {
      codingRate: 5,
      invertIQ: true,
      crc: false,
      preamble: 8,
      syncWord: 0x34,
      impairment: 0,
      ...outgoing,
      from: gateway.station.id,
      start,
      end: start,
    };
    packet.frequency *= gateway.rate;
    packet.end = start + airtime(packet, packet.payload.length) / gateway.rate;
    gateway.booked = gateway.booked.filter((other) => other.end > this.#now);
    if (gateway.booked.some((other) => start < other.end && packet.end > other.start)) return false;
    gateway.booked.push({ start, end: packet.end });
    this.#announce(this.#medium.add(packet, gateway.position));
    this.#wake();
    return true;
  }

  /** A packet is decided at each gateway when it ends. */
  #announce(packet: Sent): void {
    this.#announced = Math.max(this.#announced, packet.id);
    if (this.#gateways.length === 0) return;
    this.#insert({ time: packet.end, order: packet.from, call: () => this.#deliver(packet) });
  }

  #announceNew(): void {
    const { packets } = this.#medium;
    let known = packets.length;
    while (known > 0 && packets[known - 1]!.id > this.#announced) known--;
    for (const packet of packets.slice(known)) this.#announce(packet);
  }

  async #deliver(packet: Sent): Promise<void> {
    for (const gateway of this.#gateways) {
      const { station, position, demodulators, rate } = gateway;
      // A gateway receives only uplinks: downlinks have inverted IQ.
      if (!gateway.online || packet.from === station.id || packet.invertIQ || packet.syncWord !== 0x34) continue;
      if (this.#medium.receive(packet, station.id, position, () => demodulators.follow(packet)) === "good")
        await station.onPacket?.(
          rate === 1
            ? packet
            : { ...packet, start: packet.start * rate, end: packet.end * rate, frequency: packet.frequency / rate },
          this.#medium.signal(packet, station.id, position),
        );
    }
  }

  #insert(event: Event): void {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#events[middle]!;
      // Sorted latest first, so that the next one can be popped.
      if (other.time > event.time || (other.time === event.time && other.order > event.order)) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, event);
  }

  #wake(): void {
    this.#isWoken = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    // After the messages that are already in the pipe.
    setImmediate(() => {
      this.#run().catch((error: unknown) => {
        if (!this.#failure) throw error;
        this.#failure(error);
      });
    });
  }

  async #run(): Promise<void> {
    try {
      while (this.#isWoken) {
        this.#isWoken = false;
        while (await this.#step()) {}
      }
    } finally {
      this.#isRunning = false;
    }
  }

  /** Runs the next event, if nothing can come before it. */
  async #step(): Promise<boolean> {
    this.#announceNew();
    let next: NodePort | undefined;
    let due = Infinity;
    let running = Infinity;
    let second = Infinity;
    for (const [id, node] of this.#nodes) {
      if (node.ended) {
        if (node.holds) running = Math.min(running, node.bound);
        else this.#nodes.delete(id);
      } else if (!node.question) running = Math.min(running, node.bound);
      else if (!next || node.due < due || (node.due === due && id < next.id)) {
        second = due;
        next = node;
        due = node.due;
      } else second = Math.min(second, node.due);
    }
    const event = this.#events.at(-1);
    if (event && event.time <= due) {
      if (event.time > running) return false;
      this.#events.pop();
      this.#moveTo(event.time);
      await event.call();
      return true;
    }
    if (!next || due > running) return false;
    if (due !== Infinity) this.#moveTo(due);
    next.answer(Math.min(running, second, event?.time ?? Infinity));
    return true;
  }

  #moveTo(time: number): void {
    this.#now = Math.max(this.#now, time);
    if (this.#now < this.#forgetsAt) return;
    this.#forgetsAt = this.#now + forgetEvery;
    let before = this.#now;
    for (const node of this.#nodes.values()) before = Math.min(before, node.bound);
    this.#medium.forget(before - 60e6);
  }
}
