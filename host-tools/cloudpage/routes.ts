import type { FastifyInstance } from "fastify";
import type { Store } from "../store/store.js";
import { addAdminApi } from "./adminapi.js";
import { addAlarmsApi } from "./alarmsapi.js";
import { addApi, type NodeKind } from "./api.js";
import { addCandidates } from "./candidates.js";
import type { Feed } from "./feed.js";
import { addMetrics } from "./metrics.js";
import { addOpenApi } from "./openapi.js";
import { addSessions } from "./sessions.js";

/** The API, and its description. */
export async function addRoutes(server: FastifyInstance, store: Store, kind: NodeKind, feed: Feed): Promise<void> {
  await addOpenApi(server);
  addSessions(server, store);
  addApi(server, store, kind, feed);
  addAlarmsApi(server, store);
  addCandidates(server, store, kind);
  addAdminApi(server, store);
  addMetrics(server, store);
}
