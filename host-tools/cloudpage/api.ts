import type { FastifyInstance } from "fastify";
import { findDeferral, listDeferrals } from "../store/deferrals.js";
import { listDoubts } from "../store/doubts.js";
import { findNode, listNodes } from "../store/fleet.js";
import { labelDeferral } from "../store/personLabels.js";
import type { Store } from "../store/store.js";
import { timeline } from "../store/timeline.js";
import type { Feed } from "./feed.js";
import { devEui, id, limit, only, time } from "./fields.js";

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

const config = { role: "viewer" } as const;

/** JSON for the page, and for programs. */
export function addApi(server: FastifyInstance, store: Store, kind: NodeKind, feed: Feed): void {
  server.get("/api/kind", { config }, () => kind);
  server.get<{ Querystring: { limit: number; after?: string } }>(
    "/api/nodes",
    { config, schema: { querystring: only({ limit, after: devEui }) } },
    ({ query }) => listNodes(store, query.limit, query.after),
  );
  server.get<{ Params: { devEui: string } }>(
    "/api/nodes/:devEui",
    { config, schema: { params: only({ devEui }) } },
    async ({ params }, reply) => (await findNode(store, params.devEui)) ?? reply.callNotFound(),
  );
  server.get<{ Params: { devEui: string }; Querystring: { from: number; to: number; limit: number } }>(
    "/api/nodes/:devEui/timeline",
    {
      config,
      schema: {
        params: only({ devEui }),
        querystring: only({ from: { ...time, default: 0 }, to: { ...time, default: 2 ** 40 }, limit }),
      },
    },
    ({ params, query }) => timeline(store, params.devEui, query),
  );
  server.get<{ Querystring: { limit: number; before?: number; devEui?: string; waiting?: boolean } }>(
    "/api/deferrals",
    { config, schema: { querystring: only({ limit, before: id, devEui, waiting: { type: "boolean" } }) } },
    ({ query }) => listDeferrals(store, query),
  );
  server.get<{ Params: { id: number } }>(
    "/api/deferrals/:id",
    { config, schema: { params: only({ id }) } },
    async ({ params }, reply) => {
      const found = await findDeferral(store, params.id);
      if (!found) return void reply.callNotFound();
      return { ...found, window: found.window && [...new Int8Array(found.window)] };
    },
  );
  const label = { type: "integer", minimum: 0, maximum: kind.classes.length - 1 };
  server.put<{ Params: { id: number }; Body: { label: number } }>(
    "/api/deferrals/:id/label",
    {
      config: { role: "operator" },
      schema: { params: only({ id }), body: { ...only({ label }), required: ["label"] } },
    },
    async ({ params, body, who }, reply) => {
      const row = { uplinkId: params.id, label: body.label, person: who!.name, labelledAt: Date.now() / 1000 };
      if (!(await labelDeferral(store, row))) return void reply.callNotFound();
      return await reply.code(204).send();
    },
  );
  server.get<{ Querystring: { limit: number; after?: number; labelled: boolean } }>(
    "/api/doubts",
    { config, schema: { querystring: only({ limit, after: id, labelled: { type: "boolean", default: true } }) } },
    ({ query }) => listDoubts(store, query),
  );
  server.get("/api/events", { config }, (_, reply) => {
    feed.add(reply);
  });
}
