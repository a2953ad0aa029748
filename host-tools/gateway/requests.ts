import { commandId, requestBytes } from "../../device/lorawan/commands.js";

/** Their answers are in every uplink until a downlink has reached the node. */
const sticky: ReadonlySet<number> = new Set([
  commandId.rxParamSetup,
  commandId.rxTimingSetup,
  commandId.txParamSetup,
  commandId.dlChannel,
]);
/** The network's own answers: nobody answers them. */
const answers: ReadonlySet<number> = new Set([commandId.linkCheck, commandId.deviceTime]);
/** A request that stays unanswered this many times is given up: a node need not know all of them. */
const longestPatience = 8;

export interface Request {
  /** The command; neighbouring LinkADRReq are one. */
  bytes: Buffer;
  /** How often it was sent. */
  tries: number;
  /** Good for the uplink that led to it alone; the next one leads to another, or to none. */
  momentary?: boolean;
}

interface SentRequest extends Request {
  answered: boolean;
}

const idOf = ({ bytes }: Request): number => bytes[0]!;
/** What is no command that we know is sent once. */
const isTracked = (request: Request): boolean =>
  requestBytes[idOf(request)] !== undefined && !answers.has(idOf(request));

/**
 * The MAC commands on their way to a node. An answer does not say which request it is of, so that no second request of a kind goes out before the
 * first is answered, and before the node has stopped to repeat that answer. A request whose answer does not come is made again.
 */
export class Requests {
  #queue: Request[] = [];
  /** Of the last downlink that carried requests, in their order, until all are answered. */
  #sent: SentRequest[] = [];
  /** Answers of the uplink being read, by identifier. */
  readonly #heard = new Map<number, number>();
  #isNews = false;
  /** Requests given up. */
  unanswered = 0;

  /** Queues whole commands. What cannot be read as such is kept as one and sent once. `momentary`: they are of no use after the next uplink. */
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

  /** An uplink came: its answers follow, then `heardAll`. */
  hears(): void {
    this.#heard.clear();
    this.#isNews = false;
    this.#queue = this.#queue.filter(({ momentary }) => !momentary);
  }

  /** @returns the request that the node answers and its place in the downlink; undefined for an answer that was heard before, or that nobody asked for */
  answered(id: number): { bytes: Buffer; place: number } | undefined {
    const before = this.#heard.get(id) ?? 0;
    this.#heard.set(id, before + 1);
    // Sticky answers are there again from the first on; the others are said once, over as many frames as it takes.
    const ofKind = this.#sent.filter((sent) => idOf(sent) === id);
    const request = sticky.has(id) ? ofKind[before] : ofKind.find((sent) => !sent.answered);
    if (!request || request.answered) return undefined;
    request.answered = this.#isNews = true;
    return { bytes: request.bytes, place: this.#sent.indexOf(request) };
  }

  heardAll(): void {
    const left = this.#sent.filter((request) => !request.answered);
    // A node with many answers sends them in several frames.
    if (left.length > 0 && this.#isNews) return;
    this.#sent = [];
    const lasting = left.filter(({ momentary }) => !momentary);
    const again = lasting.filter(({ tries }) => tries < longestPatience);
    this.unanswered += lasting.length - again.length;
    this.#queue.unshift(...again.map(({ bytes, tries }) => ({ bytes, tries })));
  }

  /** The node repeats answers until a downlink reaches it. */
  get wantsDownlink(): boolean {
    return [...this.#heard.keys()].some((id) => sticky.has(id));
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** Whether a LinkADRReq is on its way. */
  get steers(): boolean {
    return [...this.#queue, ...this.#sent].some((request) => idOf(request) === commandId.linkAdr);
  }

  /** What may go with the next downlink, at most `room` bytes; it stays queued until `send`. */
  next(room: number): Request[] {
    const taken: Request[] = [];
    for (const request of this.#queue) {
      if (
        isTracked(request) &&
        (this.#sent.length > 0 || (sticky.has(idOf(request)) && this.#heard.has(idOf(request))))
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

  /** No gateway sent the downlink that `send` was told of. */
  unsend(requests: Request[]): void {
    if (requests.some(isTracked)) this.#sent = [];
    this.#queue.unshift(...requests);
  }

  /** A new session knows nothing of what the former was asked. */
  forgetSent(): void {
    this.#sent = [];
  }

  save(): PersistedRequests {
    const keep = <T extends Request>(request: T) => ({ ...request, bytes: request.bytes.toString("hex") });
    return { queue: this.#queue.map(keep), sent: this.#sent.map(keep) };
  }

  restore(kept: PersistedRequests): void {
    const open = <T extends { bytes: string }>(request: T) => ({
      ...request,
      bytes: Buffer.from(request.bytes, "hex"),
    });
    this.#queue = kept.queue.map(open);
    this.#sent = kept.sent.map(open);
  }
}

type Persisted<T> = Omit<T, "bytes"> & { bytes: string };

/** The same as plain data, commands in hexadecimal. */
export interface PersistedRequests {
  queue: Persisted<Request>[];
  sent: Persisted<SentRequest>[];
}
