export interface Message {
  topic: string;
  payload: Uint8Array;
  isRetained: boolean;
}

/** More are not kept. */
const most = 1000;
/** s between two attempts. */
const pause = 5;

/** Messages that could not be taken, and that the broker delivers no more (QoS 0): they are tried again from here. */
export class Postponed {
  readonly #take: (message: Message) => Promise<void>;
  readonly #onEvent: (event: Record<string, unknown>) => void;
  #messages: Message[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(take: (message: Message) => Promise<void>, onEvent: (event: Record<string, unknown>) => void) {
    this.#take = take;
    this.#onEvent = onEvent;
  }

  add(message: Message): void {
    if (this.#messages.length === most) {
      this.#messages.shift();
      this.#onEvent({ event: "uplink lost", reason: `${most} others wait for the database` });
    }
    this.#messages.push(message);
    this.#timer ??= setTimeout(() => void this.#retry(), pause * 1000).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    if (this.#messages.length > 0)
      this.#onEvent({ event: "uplink lost", reason: `${this.#messages.length} waited for the database at the end` });
    this.#messages = [];
  }

  async #retry(): Promise<void> {
    try {
      for (let first = this.#messages[0]; first; first = this.#messages[0]) {
        await this.#take(first);
        // While it was taken, another may have been dropped.
        if (this.#messages[0] === first) this.#messages.shift();
      }
      this.#timer = undefined;
    } catch {
      this.#timer = setTimeout(() => void this.#retry(), pause * 1000).unref();
    }
  }
}
