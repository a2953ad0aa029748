import type { FastifyInstance } from "fastify";
import { listAlarms, type AlarmQuery } from "../store/alarms.js";
import type { Store } from "../store/store.js";
import { devEui, id, limit, listOf, only } from "./fields.js";

/** Alarms of all nodes, or of one. */
export function addAlarmsApi(server: FastifyInstance, store: Store): void {
  server.get<{ Querystring: AlarmQuery }>(
    "/api/alarms",
    {
      config: { role: "viewer" },
      schema: {
        ...{ operationId: "listAlarms", summary: "Alarms, the newest first" },
        querystring: only({
          ...{ limit, before: { ...id, description: "ID of the last one of the page before" }, devEui },
          open: { type: "boolean", description: "true: only open ones; false: only closed ones" },
        }),
        response: { 200: listOf("Alarm", "alarms") },
      },
    },
    ({ query }) => listAlarms(store, query),
  );
}
