import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import { UserError } from "../lib/errors.js";
import { systemReason } from "../lib/systemreasons.js";
import type { Store } from "../store/store.js";
import { addApi, type NodeKind } from "./api.js";
import { Feed } from "./feed.js";
import { pageFiles } from "./files.js";

/** The names by which a browser on this machine asks: a page from elsewhere cannot, whatever its own name leads to. */
const ownNames = /^(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?$/;

const headers = {
  "content-security-policy":
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** Serves the page and its API. @throws UserError when the port is taken */
export async function openPage(
  store: Store,
  kind: NodeKind,
  { host, port }: { host: string; port: number },
): Promise<{ url: string; close(): Promise<void> }> {
  const server = Fastify({
    forceCloseConnections: true,
    bodyLimit: 65536,
    ajv: { customOptions: { removeAdditional: false } },
  });
  const feed = new Feed(store);
  server.addHook("onRequest", async (request, reply) => {
    // Awaiting a reply would be to wait until it is sent.
    void reply.headers(headers);
    if (!ownNames.test(request.headers.host ?? ""))
      return reply.code(403).send({ message: "only for this machine: http://127.0.0.1" });
  });
  server.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ message: `there is no ${request.url.slice(0, 100)}` }),
  );
  addApi(server, store, kind, feed);
  for (const { path, type, content } of await pageFiles())
    server.get(path, (_, reply) => reply.type(type).send(content));
  try {
    await server.listen({ host, port });
  } catch (error) {
    throw new UserError(`the page's port ${port} on ${host}: ${systemReason(error)}; choose another with http.port`);
  }
  const { port: taken } = server.server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}/`,
    close: async () => {
      feed.close();
      await server.close();
    },
  };
}
