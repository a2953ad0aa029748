import type { AddressInfo } from "node:net";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import Fastify, { type FastifyInstance } from "fastify";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { systemReason } from "../lib/systemreasons.js";
import type { Store } from "../store/store.js";
import { hasUsers } from "../store/users.js";
import type { NodeKind } from "./api.js";
import { Feed } from "./feed.js";
import { pageFiles } from "./files.js";
import { addGuard } from "./guard.js";
import { addRoutes } from "./routes.js";

const local = ["127.0.0.1", "::1", "localhost"];

export interface PageOptions {
  host: string;
  port: number;
  /** Files (PEM), for https. */
  cert?: string | undefined;
  key?: string | undefined;
  /** Addresses of reverse proxies in front of it. */
  proxies?: string[] | undefined;
}

/** Until all of a request has come, ms; what holds a connection for longer is no client of ours. */
const wholeRequestMs = 20_000;

const headers = {
  "content-security-policy":
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};
/** What was asked of the API is for who asked. */
const notStored = { "cache-control": "no-store" };

/**
 * Serves the page and its API; beyond this machine only for users who log in.
 * @throws UserError when the port is taken, or others could ask and there are no users
 */
export async function openPage(
  store: Store,
  kind: NodeKind,
  options: PageOptions,
): Promise<{ url: string; close(): Promise<void> }> {
  const { host, port, cert, proxies } = options;
  const isBeyond = !local.includes(host) || proxies !== undefined;
  if (isBeyond && !(await hasUsers(store)))
    throw new UserError(
      `http.${proxies ? "proxies" : `host ${host}`}: others than this machine could see the page, and it has no users; add one: npx loam cloud user add NAME --role admin`,
    );
  const server: FastifyInstance = Fastify({
    forceCloseConnections: true,
    bodyLimit: 65536,
    requestTimeout: wholeRequestMs,
    // strictNumbers would leave minimum and maximum out where a text has become Infinity ("1e400").
    ajv: { customOptions: { removeAdditional: false, strictNumbers: false } },
    ...(proxies && { trustProxy: proxies }),
    ...((await tls(options)) as object),
  });
  // Node waits for the longer one of the two.
  server.server.headersTimeout = wholeRequestMs;
  const feed = new Feed(store);
  server.addHook("onRequest", async ({ url }, reply) => {
    // Awaiting a reply would be to wait until it is sent.
    void reply.headers(/^\/(?:api|metrics)/.test(url) ? { ...headers, ...notStored } : headers);
  });
  addGuard(server, store, isBeyond);
  server.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ message: `there is no ${request.url.slice(0, 100)}` }),
  );
  await addRoutes(server, store, kind, feed);
  for (const { path, type, content } of await pageFiles())
    server.get(path, { config: { role: "anyone" }, schema: { hide: true } }, (_, reply) =>
      reply.type(type).send(content),
    );
  try {
    await server.listen({ host, port });
  } catch (error) {
    throw new UserError(`the page's port ${port} on ${host}: ${systemReason(error)}; choose another with http.port`);
  }
  const { port: taken } = server.server.address() as AddressInfo;
  return {
    url: `${cert ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${taken}/`,
    close: async () => {
      feed.close();
      await server.close();
    },
  };
}

/** @throws UserError for a certificate or a key that cannot be read, or is none */
async function tls({ cert, key }: PageOptions): Promise<{ https?: SecureContextOptions }> {
  if (cert === undefined || key === undefined) return {};
  const https = {
    cert: await readUserFile(cert, "the page's certificate"),
    key: await readUserFile(key, "the page's key"),
  };
  try {
    createSecureContext(https);
    return { https };
  } catch (error) {
    throw new UserError(`${cert}, ${key}: ${(error as Error).message}; a certificate and its key as PEM expected`);
  }
}
