import { clockPackage, clockPeriod, leastCorrection, mostCorrection } from "../../device/codec/clocksync.js";
import type { ClockDownlink, ClockUplink } from "../../device/codec/clocksync.js";
import { ports } from "../../device/codec/types.js";
import { fromGpsTime, toGpsTime } from "../../device/codec/gpstime.js";
import { decodeClockUplink, encodeClockDownlink } from "./clockcommands.js";
import type { NetworkServer } from "./networkserver.js";
import type { DeviceRegistration, Uplink } from "./types.js";

/** Seconds by which a clock may be off without a correction, unless the node requires an answer. */
const threshold = 1;
/** Downlinks with a request, each lost or not answered, after which a node is not asked again. */
const maxTries = 8;

/** What the server knows of a node's clock; plain data. */
export interface NodeClock {
  devEui: string;
  /** Of the node's package. */
  version?: number;
  versionTries: number;
  /** The period that it was last asked to take, and whether it has answered. */
  period?: number;
  periodTries: number;
  isPeriodAnswered?: boolean;
  /** How many requests were forced, and whether one has come since. */
  resync?: number;
  resyncTries: number;
  isResyncOver?: boolean;
}

export interface ClockEvent {
  devEui: string;
  messages: ClockUplink[];
  /** Seconds that AppTimeAns tells the node to add; undefined: none is due. */
  correction?: number;
}

/** The server's end of TS003-2.0.0, and of TS003-1.0.0, whose bytes are the same. Answers go into the receive windows of the request. */
export class ClockServer {
  readonly #server: Pick<NetworkServer, "sendDownlink" | "dropQueued">;
  readonly #period: number | undefined;
  readonly #resync: number | undefined;
  readonly #onEvent: (event: ClockEvent) => void;
  readonly #nodes = new Map<string, NodeClock>();
  readonly #changed = new Set<string>();
  /** By DevEUI, for the answer to the uplink that is being handled. */
  readonly #answers = new Map<string, ClockDownlink>();

  /**
   * @param options.period nodes are to send AppTimeReq every 128 * 2^period seconds; default: as they like
   * @param options.resync each node is to send so many AppTimeReq, once
   */
  constructor(options: {
    server: Pick<NetworkServer, "sendDownlink" | "dropQueued">;
    /** More with `add`. */
    registrations?: readonly Pick<DeviceRegistration, "devEui">[];
    period?: number | undefined;
    resync?: number | undefined;
    onEvent?: (event: ClockEvent) => void;
  }) {
    this.#server = options.server;
    this.#period = options.period;
    this.#resync = options.resync;
    this.#onEvent = options.onEvent ?? (() => undefined);
    for (const { devEui } of options.registrations ?? []) this.add(devEui.toLowerCase());
  }

  /** @param devEui in lower case */
  add(devEui: string): NodeClock {
    const node = { devEui, versionTries: 0, periodTries: 0, resyncTries: 0 };
    this.#nodes.set(devEui, node);
    return node;
  }

  remove(devEui: string): void {
    this.#nodes.delete(devEui);
    this.#answers.delete(devEui);
  }

  /** NetworkServer's onUplink. */
  receive({ devEui, port, payload, seconds }: Pick<Uplink, "devEui" | "port" | "payload" | "seconds">): void {
    if (port !== ports.clock) return;
    const node = this.#nodes.get(devEui) ?? this.add(devEui);
    this.#changed.add(devEui);
    const messages = decodeClockUplink(payload);
    let correction: number | undefined;
    for (const message of messages) {
      if (message.command === "version") {
        if (message.identifier === clockPackage.identifier) node.version = message.version;
      } else if (message.command === "period") node.isPeriodAnswered = true;
      else {
        if (node.resyncTries > 0) node.isResyncOver = true;
        correction = correctionOf(seconds, message);
        if (correction !== undefined) this.#answers.set(devEui, { command: "time", correction, token: message.token });
      }
    }
    this.#onEvent({ devEui, messages, ...(correction !== undefined && { correction }) });
  }

  /** NetworkServer's beforeAnswer: one downlink with all that is due and fits. */
  fill({ devEui, room }: { devEui: string; room: number }): void {
    const node = this.#nodes.get(devEui);
    if (!node) return;
    this.#changed.add(devEui);
    // What could not be sent is composed again, an answer only for the uplink that it answers.
    this.#server.dropQueued(devEui, ports.clock);
    const parts: Buffer[] = [];
    let left = room;
    /** @returns whether it fits */
    const add = (command: ClockDownlink): boolean => {
      const bytes = encodeClockDownlink(command);
      if (bytes.length > left) return false;
      left -= bytes.length;
      parts.push(bytes);
      return true;
    };
    const answer = this.#answers.get(devEui);
    this.#answers.delete(devEui);
    if (answer) add(answer);
    if (this.#period !== undefined && node.period !== this.#period)
      Object.assign(node, { period: this.#period, periodTries: 0, isPeriodAnswered: false });
    if (this.#resync !== node.resync)
      Object.assign(node, { resync: this.#resync, resyncTries: 0, isResyncOver: false });
    if (this.#period !== undefined && !node.isPeriodAnswered && node.periodTries < maxTries)
      if (add({ command: "period", period: this.#period })) node.periodTries++;
    if (this.#resync !== undefined && !node.isResyncOver && node.resyncTries < maxTries)
      if (add({ command: "resync", count: this.#resync })) node.resyncTries++;
    // Of interest is only the version of a node that has the package; it goes along with something else.
    if (parts.length > 0 && node.version === undefined && node.versionTries < maxTries)
      if (add({ command: "version" })) node.versionTries++;
    if (parts.length > 0) void this.#server.sendDownlink(devEui, ports.clock, Buffer.concat(parts));
  }

  /** The nodes that have changed since the last call, each under its key. */
  takeChanges(): [key: string, value: NodeClock][] {
    const nodes = [...this.#changed].flatMap((devEui) => this.#nodes.get(devEui) ?? []);
    this.#changed.clear();
    return nodes.map(clockEntry);
  }

  /** Of what `takeChanges` returned. Nodes that are not registered are ignored. */
  restore(nodes: readonly NodeClock[]): void {
    for (const node of nodes) if (this.#nodes.has(node.devEui)) this.#nodes.set(node.devEui, node);
  }
}

export const clockEntry = (node: NodeClock): [key: string, value: NodeClock] => [`clock/${node.devEui}`, node];

/** Whole seconds, rounded down; undefined: none is needed. @param seconds since 1970, the end of the uplink */
export function correctionOf(
  seconds: number,
  { deviceTime, isAnswerRequired }: Extract<ClockUplink, { command: "time" }>,
): number | undefined {
  const gpsSeconds = toGpsTime(seconds);
  // An earlier time, as of a recording that starts at 0, is none.
  if (gpsSeconds < 0) return undefined;
  const difference = Math.floor(gpsSeconds) - deviceTime;
  if (!isAnswerRequired && Math.abs(difference) <= threshold) return undefined;
  return Math.max(leastCorrection, Math.min(mostCorrection, difference));
}

/** As the gateway prints it; times since 1970. */
export function shownClock({ devEui, messages, correction }: ClockEvent): Record<string, unknown> {
  const shown = messages.map((message) =>
    message.command === "version" ? message : { ...message, deviceTime: fromGpsTime(message.deviceTime) },
  );
  return { devEui, messages: shown, ...(correction !== undefined && { correction }) };
}

/** Periods by their seconds. */
export const clockPeriods: readonly number[] = Array.from({ length: 16 }, (_, period) => clockPeriod(period));
