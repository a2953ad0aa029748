// Slow: scrypt
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import test, { type ExecutionContext } from "ava";
import type { FastifyInstance } from "fastify";
import type { OpenAPIV3_1 } from "openapi-types";
import { encodeReport, ports } from "../../device/codec/codec.js";
import { hashPassword } from "../../host-tools/access/passwords.js";
import { createToken } from "../../host-tools/access/tokens.js";
import { pageFiles } from "../../host-tools/cloudpage/files.js";
import { openPage } from "../../host-tools/cloudpage/server.js";
import { saveCandidate } from "../../host-tools/store/candidates.js";
import type { Store } from "../../host-tools/store/store.js";
import type { DeferralRow } from "../../host-tools/store/tables.js";
import { addUser } from "../../host-tools/store/users.js";
import { devEui, kind, start, storeWithDay, take } from "./fleet.js";

interface Served {
  store: Store;
  url: string;
  token: string;
  /** What Fastify was told, by Fastify itself. */
  routes: string[];
}

const password = "a password of ann";
const candidates = ["00112233445566aa", "00112233445566bb"];

async function serve(t: ExecutionContext): Promise<Served> {
  const store = await storeWithDay();
  const hashed = await hashPassword(password);
  for (const name of ["ann", "bob"]) await addUser(store, { name, role: "viewer", createdAt: 1 }, hashed);
  const now = Date.now() / 1000;
  const token = (await createToken(store, { name: "admin", role: "admin", expiresAt: null }, now))!;
  await createToken(store, { name: "old", role: "viewer", expiresAt: now }, now);
  const [{ uplinkId, label }] = (await store.db.selectFrom("deferrals").selectAll().execute()) as [DeferralRow];
  for (const id of candidates) {
    const candidate = { id, name: "new", threshold: 0.7, person: "ann", comparedAt: now };
    await saveCandidate(store, candidate, [{ uplinkId, label: (label + 1) % 3, confidence: 0.9, isTrained: 0 }]);
  }
  const routes: string[] = [];
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook("onRoute", ({ method, url }) => void routes.push(...[method].flat().map((one) => `${one} ${url}`)));
  };
  subscribe("fastify.initialization", listen);
  const page = await openPage(store, kind, { host: "127.0.0.1", port: 0 });
  unsubscribe("fastify.initialization", listen);
  t.teardown(async () => {
    await page.close();
    await store.close();
  });
  return { store, token, routes, url: page.url };
}

const asked = (url: string, method: string, headers: Record<string, string>, body?: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request(url, { method, headers, agent: false }, resolve).on("error", reject).end(body);
  });

async function describedBy({ url, token }: Served): Promise<OpenAPIV3_1.Document> {
  const response = await asked(`${url}api/openapi.json`, "GET", { authorization: `Bearer ${token}` });
  return JSON.parse(await text(response)) as OpenAPIV3_1.Document;
}

function* operations({ paths }: OpenAPIV3_1.Document) {
  for (const [path, item] of Object.entries(paths!))
    for (const [method, operation] of Object.entries(item as Record<string, OpenAPIV3_1.OperationObject>))
      yield { path, method: method.toUpperCase(), operation };
}

test.serial("the document is OpenAPI 3.1, of every route of the API, and of no other", async (t) => {
  const served = await serve(t);
  const document = await describedBy(served);
  const validator = new Validator();
  const result = await validator.validate(structuredClone(document));
  t.deepEqual([validator.version, result], ["3.1", { valid: true }]);
  const files = new Set((await pageFiles()).map(({ path }) => `GET ${path}`));
  // Fastify answers HEAD wherever it answers GET.
  const expected = served.routes.filter((route) => !route.startsWith("HEAD ") && !files.has(route));
  t.deepEqual(
    [...operations(document)].map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ":$1")}`).sort(),
    expected.sort(),
  );
  const ids = [...operations(document)].map(({ operation }) => operation.operationId);
  t.is(new Set(ids).size, ids.length);
});

interface Example {
  /** After the path, or in place of it. */
  ask?: string;
  wrong?: string;
  missing?: string;
  body?: object;
  /** Bytes that are too many. Default: 70,000. */
  long?: number;
}

/** In place of parameters, by operation; `wrong` and `missing` are other paths. */
const examples: Record<string, Example> = {
  listNodes: { wrong: "/api/nodes?limit=0" },
  getNode: { wrong: "/api/nodes/123", missing: "/api/nodes/ffffffffffffffff" },
  getTimeline: { wrong: `/api/nodes/${devEui}/timeline?from=x` },
  getFeatures: { wrong: `/api/nodes/${devEui}/features?limit=0` },
  listDeferrals: { wrong: "/api/deferrals?other=1" },
  getDeferral: { wrong: "/api/deferrals/x", missing: "/api/deferrals/99999" },
  labelDeferral: { wrong: "/api/deferrals/x/label", missing: "/api/deferrals/99999/label", body: { label: 1 } },
  listAlarms: { wrong: "/api/alarms?open=maybe" },
  listDoubts: { ask: "/api/doubts?labelled=false", wrong: "/api/doubts?after=0" },
  putCandidate: {
    wrong: "/api/candidates/x",
    body: { name: "new", threshold: 0.7, verdicts: [{ id: 6, label: 0, confidence: 1, isTrained: false }] },
    long: 9_000_000,
  },
  listChanged: { wrong: "/api/candidates/x/changed", missing: "/api/candidates/ffffffffffffffff/changed" },
  removeCandidate: { wrong: "/api/candidates/x", missing: "/api/candidates/ffffffffffffffff" },
  logIn: { wrong: "/api/session", body: { name: "ann", password } },
  removeUser: { wrong: "/api/users/%20", missing: "/api/users/nobody" },
  removeToken: { wrong: "/api/tokens/%20", missing: "/api/tokens/nothing" },
};

test.serial("every answer that the document names is given, and is what its schema says", async (t) => {
  const served = await serve(t);
  const { store, url, token } = served;
  const document = await describedBy(served);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema({ $id: "document", ...document });
  const [deferral] = await store.db.selectFrom("deferrals").select("uplinkId").orderBy("uplinkId").execute();
  const given: Record<string, string> = { devEui, id: String(deferral!.uplinkId) };
  const names: Record<string, string> = {
    ...{ removeUser: "bob", removeToken: "old" },
    ...{ putCandidate: candidates[0]!, listChanged: candidates[0]!, removeCandidate: candidates[1]! },
  };
  const bearer = { authorization: `Bearer ${token}` };

  for (const { path, method, operation } of operations(document)) {
    const { operationId, requestBody, responses } = operation;
    const { ask, wrong, missing, body, long = 70_000 } = examples[operationId!] ?? {};
    const whole = ask ?? path.replace(/\{(\w+)\}/g, (_, name: string) => names[operationId!] ?? given[name]!);
    const json = { ...bearer, ...(requestBody && { "content-type": "application/json" }) };
    const sent = body && JSON.stringify(body);
    /** Of each status, how to get it. */
    const ways: Record<string, () => Promise<IncomingMessage>> = {
      400: () => asked(new URL(wrong!, url).href, method, json, sent && wrong === path ? "{}" : sent),
      401: () =>
        operationId === "logIn"
          ? asked(new URL(whole, url).href, method, json, JSON.stringify({ ...body, password: "another" }))
          : asked(new URL(whole, url).href, method, {}),
      403: () => asked(new URL(whole, url).href, method, { ...json, host: "rebound.example" }, sent),
      404: () => asked(new URL(missing!, url).href, method, json, sent),
      413: () => asked(new URL(whole, url).href, method, json, JSON.stringify({ ...body, more: "x".repeat(long) })),
      415: () => asked(new URL(whole, url).href, method, { ...json, "content-type": "application/xml" }, sent),
      429: async () => {
        for (let i = 0; i < 5; i++) await text(await ways[401]!());
        return await ways[401]!();
      },
    };
    // What ends the thing that is asked about is last, and what makes log-ins wait.
    const statuses = Object.keys(responses!).sort((a, b) => Number(b.startsWith("4")) - Number(a.startsWith("4")));
    if (operationId === "logIn") statuses.sort((a, b) => Number(a === "429") - Number(b === "429"));
    for (const status of statuses) {
      const what = `${method} ${path} ${status}`;
      const response = await (ways[status]?.() ?? asked(new URL(whole, url).href, method, json, sent));
      t.is(String(response.statusCode), status, what);
      const { content } = responses![status] as OpenAPIV3_1.ResponseObject;
      if (!content) {
        t.is(await text(response), "", what);
        continue;
      }
      const [type, { schema }] = Object.entries(content)[0]!;
      t.is(response.headers["content-type"]!.split(";")[0], type, what);
      const pointer = `document#/paths/${path.replaceAll("~", "~0").replaceAll("/", "~1")}/${method.toLowerCase()}/responses/${status}/content/${type.replaceAll("/", "~1")}/schema`;
      const value = type === "text/event-stream" ? await event(store, response) : await text(response);
      const isText = (schema as OpenAPIV3_1.SchemaObject).type === "string";
      t.true(ajv.validate(pointer, isText ? value : JSON.parse(value)), `${what}: ${ajv.errorsText()}`);
    }
  }
});

async function event(store: Store, response: IncomingMessage): Promise<string> {
  const report = encodeReport({ sequence: 300, time: start, label: 1, confidence: 1, actions: 0, count: 1 });
  await take(store, ports.report, report, Date.now() / 1000);
  let got = "";
  for await (const chunk of response) {
    got += String(chunk);
    const data = /^data: (.*)\n/m.exec(got)?.[1];
    if (data !== undefined) return data;
  }
  throw new Error(`no event: ${got}`);
}
