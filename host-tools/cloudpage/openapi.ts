import swagger from "@fastify/swagger";
import type { FastifyInstance, RouteOptions } from "fastify";
import { answerSchemas } from "./answers.js";
import { answer } from "./fields.js";
import { changes, csrfHeader } from "./guard.js";

const info = {
  title: "loam cloud",
  version: "1",
  description:
    "Nodes, what came from them, and what became of their deferrals. Times are seconds since 1970. Without users it answers this machine only, and everything.",
};

const securitySchemes = {
  token: { type: "http", scheme: "bearer", description: "for programs: loam cloud token add" },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "loam-session",
    description: "of the page; with TLS __Host-loam-session",
  },
  csrf: { type: "apiKey", in: "header", name: csrfHeader, description: "what GET /api/session says" },
} as const;

type Schema = NonNullable<RouteOptions["schema"]>;

/** What holds for every route: whom it is for (`x-role`), and what is refused. */
function whole({ schema, method, config }: RouteOptions): Schema & { "x-role"?: string | undefined } {
  if (!schema || schema.hide) return { hide: true };
  const role = config?.role;
  const isChange = changes.test(String(method));
  const isForAll = role === "anyone";
  const takes = [schema.params, schema.querystring, schema.body].some((part) => part !== undefined);
  return {
    ...schema,
    "x-role": role,
    security: isForAll ? [] : [{ token: [] }, isChange ? { session: [], csrf: [] } : { session: [] }],
    response: {
      ...(schema.response as object),
      ...(takes && { 400: answer("Problem", "not what the schema says") }),
      ...(schema.body !== undefined && {
        413: answer("Problem", "a body that is too large"),
        415: answer("Problem", "a body that is not JSON"),
      }),
      ...(!isForAll && { 401: answer("Problem", "nobody has logged in, and no token that is valid was given") }),
      403: answer(
        "Problem",
        isForAll ? "from the page of another server" : "not for this role, or from the page of another server",
      ),
    },
  };
}

/** Describes all routes that are added afterwards, from the schemas that requests are checked with, as OpenAPI 3.1 at /api/openapi.json. */
export async function addOpenApi(server: FastifyInstance): Promise<void> {
  await server.register(swagger, {
    openapi: { openapi: "3.1.0", info, servers: [{ url: "/" }], components: { securitySchemes } },
    convertConstToEnum: false,
    refResolver: { buildLocalReference: ({ $id }) => $id as string },
    transform: ({ url, route }) => ({ schema: whole(route), url }),
  });
  for (const schema of answerSchemas()) server.addSchema(schema);
  // What is answered is described, not changed.
  server.setSerializerCompiler(() => JSON.stringify);
  server.addHook("onRoute", ({ url, schema }) => {
    if (!schema?.hide && !(schema?.operationId && schema.summary && schema.response))
      throw new Error(`the route ${url} does not say what it answers`);
  });
  const schema = {
    ...{ operationId: "getOpenApi", summary: "This description, as OpenAPI 3.1" },
    response: { 200: { type: "object", description: "the document" } },
  };
  server.get("/api/openapi.json", { config: { role: "viewer" }, schema }, () => server.swagger());
}
