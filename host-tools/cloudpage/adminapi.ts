import type { FastifyInstance } from "fastify";
import { namePattern } from "../access/roles.js";
import type { Store } from "../store/store.js";
import { listTokens, removeToken } from "../store/tokens.js";
import { listUsers, removeUser } from "../store/users.js";
import { listOf, notFound, nothing, only } from "./fields.js";

const config = { role: "admin" } as const;
const params = only({ name: { type: "string", pattern: namePattern } });

/** Who may see and do what, for admins: users and tokens without their secrets, and their end. They are added by `loam cloud user` and `token`. */
export function addAdminApi(server: FastifyInstance, store: Store): void {
  const users = { operationId: "listUsers", summary: "Users, in order of names" };
  server.get("/api/users", { config, schema: { ...users, response: { 200: listOf("User", "users") } } }, () =>
    listUsers(store),
  );
  const tokens = { operationId: "listTokens", summary: "Tokens of programs, in order of names" };
  server.get("/api/tokens", { config, schema: { ...tokens, response: { 200: listOf("Token", "tokens") } } }, () =>
    listTokens(store),
  );
  for (const [kind, remove, operationId, summary] of [
    ["users", removeUser, "removeUser", "Log a user out, and remove him"],
    ["tokens", removeToken, "removeToken", "End a token"],
  ] as const)
    server.delete<{ Params: { name: string } }>(
      `/api/${kind}/:name`,
      { config, schema: { operationId, summary, params, response: { 204: nothing("removed"), ...notFound } } },
      async ({ params }, reply) => {
        if (!(await remove(store, params.name))) return void reply.callNotFound();
        return await reply.code(204).send();
      },
    );
}
