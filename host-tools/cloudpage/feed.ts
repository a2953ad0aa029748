import type { FastifyReply } from "fastify";
import { lastAlarmChange } from "../store/alarms.js";
import { receivedSince } from "../store/feed.js";
import type { Store } from "../store/store.js";

/** ms between two looks into the database, which other processes write, too. */
const everyMs = 1000;
/** What is written by then is found, in whatever order transactions end (s). */
const overlap = 5;
const most = 500;
/** ms after which a page asks again. */
const longestMs = 15 * 60_000;
/** Bytes that wait for a page that does not read. */
const mostWaiting = 1024 * 1024;

/** Server-sent events: one for each payload that comes, and when alarms change, to every page that is open. */
export class Feed {
  readonly #store: Store;
  readonly #replies = new Map<FastifyReply, () => Promise<boolean>>();
  readonly #sent = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #since = 0;
  #alarms: string | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @param mayStill whether who asked still may: asked before anything is sent */
  add(reply: FastifyReply, mayStill: () => Promise<boolean>): void {
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    reply.raw.write("retry: 2000\n\n");
    this.#replies.set(reply, mayStill);
    const end = setTimeout(() => reply.raw.end(), longestMs);
    reply.raw.on("close", () => {
      clearTimeout(end);
      this.#remove(reply);
    });
    if (this.#timer) return;
    this.#since = Date.now() / 1000;
    this.#alarms = undefined;
    this.#timer = setInterval(() => void this.#look(), everyMs);
  }

  close(): void {
    for (const reply of this.#replies.keys()) reply.raw.end();
    clearInterval(this.#timer);
  }

  #remove(reply: FastifyReply): void {
    this.#replies.delete(reply);
    if (this.#replies.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#sent.clear();
  }

  async #look(): Promise<void> {
    // A database that is away is back at the next look, or the one after.
    const items = await receivedSince(this.#store, this.#since - overlap, most).catch(() => []);
    let text = "";
    for (const item of items) {
      const key = `${item.id} ${item.copies}`;
      if (!this.#sent.has(key) && item.lastReceived >= this.#since - overlap)
        text += `data: ${JSON.stringify(item)}\n\n`;
      this.#sent.set(key, item.lastReceived);
    }
    this.#since = Math.max(this.#since, items.at(-1)?.lastReceived ?? 0);
    for (const [key, received] of this.#sent) if (received < this.#since - overlap) this.#sent.delete(key);
    const alarms = await lastAlarmChange(this.#store).catch(() => undefined);
    if (alarms && this.#areNew(alarms)) text += "event: alarms\ndata: {}\n\n";
    if (text) await this.#send(text);
  }

  #areNew({ at, text }: { at: number; text: string }): boolean {
    const areNew = this.#alarms === undefined ? at >= this.#since - overlap : text !== this.#alarms;
    this.#alarms = text;
    return areNew;
  }

  /** Who has logged out, or whose token has ended, hears nothing more; who does not read is let go. */
  async #send(text: string): Promise<void> {
    await Promise.all(
      [...this.#replies].map(async ([{ raw }, mayStill]) => {
        if (!(await mayStill().catch(() => false))) raw.end();
        else if (raw.writableLength > mostWaiting) raw.destroy();
        else raw.write(text);
      }),
    );
  }
}
