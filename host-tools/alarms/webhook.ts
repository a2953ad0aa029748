import { createHmac } from "node:crypto";
import { systemReason } from "../lib/systemreasons.js";
import { ChannelError, isoTime, type Channel, type Message } from "./channel.js";

const longestMs = 15_000;

export interface WebhookOptions {
  name: string;
  url: string;
  /** whsec_ and a key as base64. */
  secret: string;
}

/** Posts each message as JSON, signed by the specification of Standard Webhooks 1.0.0 (HMAC-SHA256). */
export class Webhook implements Channel {
  readonly name: string;
  readonly most = 1;
  readonly #url: string;
  readonly #key: Buffer;

  constructor({ name, url, secret }: WebhookOptions) {
    this.name = name;
    this.#url = url;
    this.#key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  }

  async tell([message]: readonly Message[]): Promise<undefined> {
    const now = Math.floor(Date.now() / 1000);
    const body = JSON.stringify(bodyOf(message!, now));
    const response = await this.#post(body, {
      "content-type": "application/json",
      "user-agent": "loam-cloud",
      "webhook-id": message!.id,
      "webhook-timestamp": String(now),
      "webhook-signature": `v1,${createHmac("sha256", this.#key).update(`${message!.id}.${now}.${body}`).digest("base64")}`,
    });
    await response.body?.cancel();
    const { status } = response;
    if (status >= 300 && status < 400) throw new ChannelError(`answer ${status}: it redirects, which is not followed`);
    if (!response.ok) throw new ChannelError(`answer ${status}`);
  }

  async #post(body: string, headers: Record<string, string>): Promise<Response> {
    try {
      const signal = AbortSignal.timeout(longestMs);
      return await fetch(this.#url, { method: "POST", body, headers, redirect: "manual", signal });
    } catch (error) {
      if ((error as Error).name === "TimeoutError")
        throw new ChannelError(`no answer within ${longestMs / 1000} seconds`);
      // The address may be a secret, and messages of fetch may have it.
      const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
      throw new ChannelError(`no connection: ${systemReason({ code, message: code ?? "it is no HTTP server" })}`);
    }
  }
}

function bodyOf({ event, alarm }: Message, now: number): object {
  const type = `alarm.${event}`;
  if (!alarm) return { type, timestamp: isoTime(now), data: {} };
  const { id, devEui, nodeName: name, rule, kind, what, value, openedAt, closedAt } = alarm;
  const isClosed = event === "closed";
  return {
    type,
    timestamp: isoTime(isClosed ? closedAt! : openedAt),
    data: {
      ...{ id, devEui, name, rule, kind, what, value, openedAt: isoTime(openedAt) },
      closedAt: isClosed ? isoTime(closedAt!) : null,
    },
  };
}
