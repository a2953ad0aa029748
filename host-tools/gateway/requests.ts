import { commandId, requestBytes } from "../../device/lorawan/commands.js";

/** Their answers are sticky: in every uplink until a downlink has reached the node. */
const sticky: ReadonlySet<number> = new Set([
  commandId.rxParamSetup,
  commandId.rxTimingSetup,
  commandId.txParamSetup,
  commandId.dlChannel,
]);
/** Answers of the network, which the node does not answer. */
const answers: ReadonlySet<number> = new Set([commandId.linkCheck, commandId.deviceTime]);
/** A request is dropped after this many transmissions without an answer: a node need not support all of them. */
const maxTries = 8;

export interface Request {
  /** The command; adjacent LinkADRReq are one. */
  bytes: Buffer;
  /** Number of transmissions. */
  tries: number;
  /** Valid only in the answer to this uplink. */
  momentary?: boolean;
}

interface SentRequest extends Request {
  answered: boolean;
}

const idOf = ({ bytes }: Request): number => bytes[0]!;
/** An unknown command is sent once. */
const isTracked = (request: Request): boolean =>
  requestBytes[idOf(request)] !== undefined && !answers.has(idOf(request));

/**
 * The MAC commands queued for a node. An answer does not identify its request, so a second request of a kind is sent only after the
 * first is answered and the node has stopped repeating that answer. An unanswered request is sent again.
 */
export class Requests {
  #queue: Request[] = [];
  /** Of the last downlink that carried requests, in their order, until all are answered. */
  #sent: SentRequest[] = [];
  /** Answers of the uplink being read, by identifier. */
  readonly #answers = new Map<number, number>();
  #isNews = false;
  /** Requests dropped without an answer. */
  unanswered = 0;

  /** Queues whole commands. Bytes that cannot be parsed are queued as one command and sent once. `momentary`: of no use after the next uplink. */
  add(commands: Uint8Array, momentary = false): void {
    for (let at = 0; at < commands.length;) {
      const id = commands[at]!;
      const length = requestBytes[id];
      let end = length === undefined ? commands.length : at + 1 + length;
      while (id === commandId.linkAdr && commands[end] === id && end + 5 <= commands.length) end += 5;
      this.#queue.push({ bytes: Buffer.from(commands.subarray(at, end)), tries: 0, ...(momentary && { momentary }) });
      at = end;
    }
  }

  /** An uplink came: its answers follow, then `endUplink`. */
  beginUplink(): void {
    this.#answers.clear();
    this.#isNews = false;
    this.#queue = this.#queue.filter(({ momentary }) => !momentary);
  }

  /** @returns the request that the node answers and its place in the downlink; undefined for a repeated or unsolicited answer */
  answered(id: number): { bytes: Buffer; place: number } | undefined {
    const before = this.#answers.get(id) ?? 0;
    this.#answers.set(id, before + 1);
    // Sticky answers are repeated from the first on; the others are sent once, over as many frames as it takes.
    const ofKind = this.#sent.filter((sent) => idOf(sent) === id);
    const request = sticky.has(id) ? ofKind[before] : ofKind.find((sent) => !sent.answered);
    if (!request || request.answered) return undefined;
    request.answered = this.#isNews = true;
    return { bytes: request.bytes, place: this.#sent.indexOf(request) };
  }

  endUplink(): void {
    const left = this.#sent.filter((request) => !request.answered);
    // A node with many answers sends them in several frames.
    if (left.length > 0 && this.#isNews) return;
    this.#sent = [];
    const lasting = left.filter(({ momentary }) => !momentary);
    const again = lasting.filter(({ tries }) => tries < maxTries);
    this.unanswered += lasting.length - again.length;
    this.#queue.unshift(...again.map(({ bytes, tries }) => ({ bytes, tries })));
  }

  /** The node repeats answers until a downlink reaches it. */
  get wantsDownlink(): boolean {
    return [...this.#answers.keys()].some((id) => sticky.has(id));
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** Whether a LinkADRReq is queued or unanswered. */
  get steers(): boolean {
    return [...this.#queue, ...this.#sent].some((request) => idOf(request) === commandId.linkAdr);
  }

  /** The commands for the next downlink, at most `room` bytes; they stay queued until `send`. */
  next(room: number): Request[] {
    const taken: Request[] = [];
    for (const request of this.#queue) {
      if (
        isTracked(request) &&
        (this.#sent.length > 0 || (sticky.has(idOf(request)) && this.#answers.has(idOf(request))))
      )
        continue;
      if (request.bytes.length > room) break;
      room -= request.bytes.length;
      taken.push(request);
    }
    return taken;
  }

  /** A downlink carries these. */
  send(requests: Request[]): void {
    this.#queue = this.#queue.filter((request) => !requests.includes(request));
    const tracked = requests.filter(isTracked);
    if (tracked.length > 0)
      this.#sent = tracked.map((request) => ({ ...request, tries: request.tries + 1, answered: false }));
  }

  /** No gateway sent the last downlink: undoes `send`. */
  unsend(requests: Request[]): void {
    if (requests.some(isTracked)) this.#sent = [];
    this.#queue.unshift(...requests);
  }

  /** A new session starts without requests. */
  forgetSent(): void {
    this.#sent = [];
  }

  save(): PersistedRequests {
    const persist = <T extends Request>(request: T) => ({ ...request, bytes: request.bytes.toString("hex") });
    return { queue: this.#queue.map(persist), sent: this.#sent.map(persist) };
  }

  restore(state: PersistedRequests): void {
    const open = <T extends { bytes: string }>(request: T) => ({
      ...request,
      bytes: Buffer.from(request.bytes, "hex"),
    });
    this.#queue = state.queue.map(open);
    this.#sent = state.sent.map(open);
  }
}

type Persisted<T> = Omit<T, "bytes"> & { bytes: string };

/** The same as plain data, commands in hexadecimal. */
export interface PersistedRequests {
  queue: Persisted<Request>[];
  sent: Persisted<SentRequest>[];
}
