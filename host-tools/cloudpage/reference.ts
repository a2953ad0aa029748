import Fastify from "fastify";
import type { OpenAPIV3_1 } from "openapi-types";
import { openStore } from "../store/store.js";
import { Feed } from "./feed.js";
import { addRoutes } from "./routes.js";

const kind = { name: "", classes: [], actuators: [], sensors: [], threshold: 0, isSimulated: false };

/** docs/api.md: every operation in a line. */
export async function apiReference(): Promise<string> {
  const store = await openStore(":memory:");
  const server = Fastify();
  try {
    await addRoutes(server, store, kind, new Feed(store));
    await server.ready();
    return page(server.swagger() as OpenAPIV3_1.Document);
  } finally {
    await server.close();
    await store.close();
  }
}

function page({ paths }: OpenAPIV3_1.Document): string {
  const lines = Object.entries(paths ?? {}).flatMap(([path, operations]) =>
    Object.entries(operations as Record<string, OpenAPIV3_1.OperationObject<{ "x-role": string }>>).map(
      ([method, { summary, parameters, "x-role": role }]) => {
        const query = ((parameters ?? []) as OpenAPIV3_1.ParameterObject[])
          .filter((one) => one.in === "query")
          .map(({ name }) => `${name}=`);
        const asked = `${path}${query.length > 0 ? `?${query.join("&")}` : ""}`;
        return `| \`${method.toUpperCase()} ${asked}\` | ${summary} | ${role} |`;
      },
    ),
  );
  return `# The API of loam cloud

Made of the schemas that the server checks requests with; \`npm run generate\` writes this page. A running cloud describes it as OpenAPI 3.1 at
\`/api/openapi.json\`, with parameters and answers, and its page shows that at \`#api\`. Times are seconds since 1970. What is wrong is answered with a JSON object
that has a \`message\`.

| operation | what | for the role |
| --- | --- | --- |
${lines.join("\n")}
`;
}
