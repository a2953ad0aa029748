/** A program that alarms are posted to. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import { Webhook } from "standardwebhooks";

export const secret = `whsec_${Buffer.from("a key of twenty-four byt").toString("base64")}`;

export interface Post {
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Body {
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
}

/** @param answer status, and where it redirects to; undefined: none, ever */
export async function startReceiver(t: ExecutionContext, answer: () => number | undefined = () => 204) {
  const posts: Post[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part) => (text += String(part)));
    request.on("end", () => {
      posts.push({ headers: request.headers, text });
      const status = answer();
      if (status !== undefined) response.writeHead(status, { location: "/elsewhere" }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { posts, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token-in-path` };
}

/** By the specification's own library. @throws for a wrong signature */
export const verified = ({ headers, text }: Post): Body =>
  new Webhook(secret).verify(text, headers as Record<string, string>) as Body;

export async function until(isTrue: () => boolean | Promise<boolean>, what: string, seconds = 90): Promise<void> {
  for (let i = 0; i < 20 * seconds; i++) {
    if (await isTrue()) return;
    await sleep(50);
  }
  throw new Error(`not within ${seconds} seconds: ${what}`);
}
