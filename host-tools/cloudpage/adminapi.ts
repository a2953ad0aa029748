import type { FastifyInstance } from "fastify";
import { namePattern } from "../access/roles.js";
import type { Store } from "../store/store.js";
import { listTokens, removeToken } from "../store/tokens.js";
import { listUsers, removeUser } from "../store/users.js";
import { only } from "./fields.js";

const config = { role: "admin" } as const;
const params = only({ name: { type: "string", pattern: namePattern } });

/** Who may see and do what, for admins: users and tokens without their secrets, and their end. They are added by `loam cloud user` and `token`. */
export function addAdminApi(server: FastifyInstance, store: Store): void {
  server.get("/api/users", { config }, () => listUsers(store));
  server.get("/api/tokens", { config }, () => listTokens(store));
  for (const [kind, remove] of [
    ["users", removeUser],
    ["tokens", removeToken],
  ] as const)
    server.delete<{ Params: { name: string } }>(
      `/api/${kind}/:name`,
      { config, schema: { params } },
      async ({ params }, reply) => {
        if (!(await remove(store, params.name))) return void reply.callNotFound();
        return await reply.code(204).send();
      },
    );
}
