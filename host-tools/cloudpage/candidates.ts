import type { FastifyInstance } from "fastify";
import { namePattern } from "../access/roles.js";
import { listCandidates, listChanged, removeCandidate, saveCandidate } from "../store/candidates.js";
import type { Store } from "../store/store.js";
import type { NodeKind } from "./api.js";
import { answer, id, limit, listOf, notFound, nothing, only } from "./fields.js";

/** What a network that is not in force yet says of deferred windows. */
export interface SaidByCandidate {
  name: string;
  /** Of confidence, from which on nodes act. */
  threshold: number;
  /** `id`: of the deferral. */
  verdicts: { id: number; label: number; confidence: number; isTrained: boolean }[];
}

/** Bytes: some 100,000 verdicts. */
const longestBody = 8 * 1024 * 1024;
const params = only({ id: { type: "string", pattern: "^[0-9a-f]{16}$", description: "of the network's SHA-256" } });
const share = { type: "number", minimum: 0, maximum: 1 } as const;
const all = (properties: object) => ({ ...only(properties), required: Object.keys(properties) });

const bodyOf = (classes: number) =>
  all({
    name: { type: "string", pattern: namePattern },
    threshold: { ...share, description: "of confidence, from which on nodes act" },
    verdicts: {
      type: "array",
      minItems: 1,
      items: all({
        id: { ...id, description: "of the deferral" },
        label: { type: "integer", minimum: 0, maximum: classes - 1 },
        confidence: share,
        isTrained: { type: "boolean", description: "the network was trained on this window" },
      }),
    },
  });

/** Networks that are not in force yet, and what they change on the deferred windows: for the page, and for `loam cloud compare`. */
export function addCandidates(server: FastifyInstance, store: Store, { classes }: Pick<NodeKind, "classes">): void {
  const viewer = { role: "viewer" } as const;
  const operator = { role: "operator" } as const;
  server.get(
    "/api/candidates",
    {
      config: viewer,
      schema: {
        ...{
          operationId: "listCandidates",
          summary: "Networks that were compared on the deferred windows, the last first",
        },
        response: { 200: listOf("Candidate", "networks") },
      },
    },
    () => listCandidates(store),
  );
  server.put<{ Params: { id: string }; Body: SaidByCandidate }>(
    "/api/candidates/:id",
    {
      config: operator,
      bodyLimit: longestBody,
      schema: {
        ...{
          operationId: "putCandidate",
          summary: "Say what a network says of deferred windows; the last word counts",
        },
        ...{ params, body: bodyOf(classes.length), response: { 200: answer("Stored") } },
      },
    },
    async ({ params, body: { name, threshold, verdicts }, who }) => {
      const candidate = { id: params.id, name, threshold, person: who!.name, comparedAt: Date.now() / 1000 };
      // Of a window that is named twice, the last.
      const byWindow = new Map(verdicts.map((verdict) => [verdict.id, verdict]));
      const rows = [...byWindow.values()].map(({ id: uplinkId, isTrained, ...said }) => ({
        ...said,
        ...{ uplinkId, isTrained: isTrained ? 1 : 0 },
      }));
      return { stored: await saveCandidate(store, candidate, rows) };
    },
  );
  server.get<{ Params: { id: string }; Querystring: { limit: number } }>(
    "/api/candidates/:id/changed",
    {
      config: viewer,
      schema: {
        ...{
          operationId: "listChanged",
          summary: "Windows of which a network says another class than the node did, the last first",
        },
        ...{ params, querystring: only({ limit }) },
        response: { 200: listOf("ChangedDoubt", "windows"), ...notFound },
      },
    },
    async ({ params, query }, reply) => (await listChanged(store, params.id, query.limit)) ?? reply.callNotFound(),
  );
  server.delete<{ Params: { id: string } }>(
    "/api/candidates/:id",
    {
      config: operator,
      schema: {
        ...{ operationId: "removeCandidate", summary: "Remove what a network says of deferred windows" },
        ...{ params, response: { 204: nothing("removed"), ...notFound } },
      },
    },
    async ({ params }, reply) => {
      if (!(await removeCandidate(store, params.id))) return void reply.callNotFound();
      return await reply.code(204).send();
    },
  );
}
