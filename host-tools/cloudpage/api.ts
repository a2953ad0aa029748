import type { FastifyInstance } from "fastify";
import { findDeferral, listDeferrals } from "../store/deferrals.js";
import { listDoubts } from "../store/doubts.js";
import { featureTimes } from "../store/featureTimes.js";
import { findNode, listNodes } from "../store/fleet.js";
import { labelDeferral } from "../store/personLabels.js";
import type { Store } from "../store/store.js";
import { timeline } from "../store/timeline.js";
import type { Feed } from "./feed.js";
import { answer, devEui, id, inForm, limit, listOf, notFound, nothing, only, time } from "./fields.js";

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

const ok = (name: string) => ({ 200: answer(name) });

/** Part of what came from a node. */
interface During {
  Params: { devEui: string };
  Querystring: { from: number; to: number; limit: number };
}
const during = {
  params: only({ devEui }),
  querystring: only({ from: { ...time, default: 0 }, to: { ...time, default: 2 ** 40 }, limit }),
};

/** JSON for the page, and for programs. */
export function addApi(server: FastifyInstance, store: Store, kind: NodeKind, feed: Feed): void {
  server.get(
    "/api/kind",
    {
      config,
      schema: { operationId: "getKind", summary: "Names of classes, actuators and sensors", response: ok("Kind") },
    },
    () => kind,
  );
  server.get<{ Querystring: { limit: number; after?: string } }>(
    "/api/nodes",
    {
      config,
      schema: {
        ...{ operationId: "listNodes", summary: "Nodes in order of DevEUI, with the last that is known of each" },
        querystring: only({ limit, after: { ...devEui, description: "the last of the page before" } }),
        response: { 200: listOf("Node", "nodes") },
      },
    },
    ({ query }) => listNodes(store, query.limit, query.after),
  );
  server.get<{ Params: { devEui: string } }>(
    "/api/nodes/:devEui",
    {
      config,
      schema: {
        ...{ operationId: "getNode", summary: "A node with the last that is known of it" },
        params: only({ devEui }),
        response: { ...ok("Node"), ...notFound },
      },
    },
    async ({ params }, reply) => (await findNode(store, params.devEui)) ?? reply.callNotFound(),
  );
  server.get<During>(
    "/api/nodes/:devEui/timeline",
    {
      config,
      schema: {
        ...{ operationId: "getTimeline", summary: "What came from a node in a time", ...during },
        response: ok("Timeline"),
      },
    },
    ({ params, query }) => timeline(store, params.devEui, query),
  );
  server.get<During>(
    "/api/nodes/:devEui/features",
    {
      config,
      schema: {
        ...{ operationId: "getFeatures", summary: "Features of a node's deferred windows in a time", ...during },
        response: ok("FeatureTimes"),
      },
    },
    ({ params, query }) => featureTimes(store, params.devEui, query),
  );
  server.get<{ Querystring: { limit: number; before?: number; devEui?: string; waiting?: boolean } }>(
    "/api/deferrals",
    {
      config,
      schema: {
        ...{ operationId: "listDeferrals", summary: "Deferrals with their decisions, the newest first" },
        querystring: only({
          ...{ limit, before: { ...id, description: "ID of the last one of the page before" }, devEui },
          waiting: { type: "boolean", description: "only those of which no person has said anything" },
        }),
        response: { 200: listOf("Deferral", "deferrals") },
      },
    },
    ({ query }) => listDeferrals(store, query),
  );
  server.get<{ Params: { id: number } }>(
    "/api/deferrals/:id",
    {
      config,
      schema: {
        ...{ operationId: "getDeferral", summary: "A deferral with its window" },
        params: only({ id }),
        response: { ...ok("DeferralWithWindow"), ...notFound },
      },
    },
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
      schema: {
        ...{ operationId: "labelDeferral", summary: "Say which class a deferred window is; the last word counts" },
        params: only({ id }),
        body: { ...only({ label }), required: ["label"] },
        response: { 204: nothing("kept"), ...notFound },
      },
    },
    async ({ params, body, who }, reply) => {
      const row = { uplinkId: params.id, label: body.label, person: who!.name, labelledAt: Date.now() / 1000 };
      if (!(await labelDeferral(store, row))) return void reply.callNotFound();
      return await reply.code(204).send();
    },
  );
  server.get<{ Querystring: { limit: number; after?: number; labelled: boolean } }>(
    "/api/doubts",
    {
      config,
      schema: {
        ...{ operationId: "listDoubts", summary: "Deferred windows as training data, and what their values mean" },
        querystring: only({
          ...{ limit, after: { ...id, description: "ID of the last one of the page before" } },
          labelled: { type: "boolean", default: true, description: "only those that a person has labelled" },
        }),
        response: ok("Doubts"),
      },
    },
    ({ query }) => listDoubts(store, query),
  );
  server.get(
    "/api/events",
    {
      config,
      // Its headers would come with the first event, which none is for.
      exposeHeadRoute: false,
      schema: {
        ...{
          operationId: "getEvents",
          summary: "Server-sent events: one for each payload that comes, and `alarms` when one has opened or closed",
        },
        response: { 200: inForm("text/event-stream", answer("Received"), "the data of each event is JSON") },
      },
    },
    (request, reply) => {
      feed.add(reply, request.mayStill!);
    },
  );
}
