import type { FastifyInstance } from "fastify";
import { findDeferral, listDeferrals } from "../store/deferrals.js";
import { findNode, listNodes } from "../store/fleet.js";
import type { Store } from "../store/store.js";
import { timeline } from "../store/timeline.js";
import type { Feed } from "./feed.js";

/** What names the numbers in nodes' payloads. */
export interface NodeKind {
  name: string;
  classes: readonly string[];
  actuators: readonly string[];
  sensors: readonly string[];
  threshold: number;
  /** The nodes, their sensors and their radio are. */
  isSimulated: boolean;
}

const limit = { type: "integer", minimum: 1, maximum: 5000, default: 500 } as const;
const devEui = { type: "string", pattern: "^[0-9a-f]{16}$" } as const;
const time = { type: "number", minimum: 0, maximum: 2 ** 40 } as const;
const id = { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
const only = (properties: object) => ({ type: "object", properties, additionalProperties: false }) as const;

/** JSON for the page, and for programs. */
export function addApi(server: FastifyInstance, store: Store, kind: NodeKind, feed: Feed): void {
  server.get("/api/kind", () => kind);
  server.get<{ Querystring: { limit: number; after?: string } }>(
    "/api/nodes",
    { schema: { querystring: only({ limit, after: devEui }) } },
    ({ query }) => listNodes(store, query.limit, query.after),
  );
  server.get<{ Params: { devEui: string } }>(
    "/api/nodes/:devEui",
    { schema: { params: only({ devEui }) } },
    async ({ params }, reply) => (await findNode(store, params.devEui)) ?? reply.callNotFound(),
  );
  server.get<{ Params: { devEui: string }; Querystring: { from: number; to: number; limit: number } }>(
    "/api/nodes/:devEui/timeline",
    {
      schema: {
        params: only({ devEui }),
        querystring: only({ from: { ...time, default: 0 }, to: { ...time, default: 2 ** 40 }, limit }),
      },
    },
    ({ params, query }) => timeline(store, params.devEui, query),
  );
  server.get<{ Querystring: { limit: number; before?: number; devEui?: string } }>(
    "/api/deferrals",
    { schema: { querystring: only({ limit, before: id, devEui }) } },
    ({ query }) => listDeferrals(store, query),
  );
  server.get<{ Params: { id: number } }>(
    "/api/deferrals/:id",
    { schema: { params: only({ id }) } },
    async ({ params }, reply) => {
      const found = await findDeferral(store, params.id);
      if (!found) return void reply.callNotFound();
      return { ...found, window: found.window && [...new Int8Array(found.window)] };
    },
  );
  server.get("/api/events", (_, reply) => {
    feed.add(reply);
  });
}
