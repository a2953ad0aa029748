// Slow: a body that never ends
import { connect, type Socket } from "node:net";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import type { OpenAPIV3_1 } from "openapi-types";
import { createToken } from "../../host-tools/access/tokens.js";
import { openPage } from "../../host-tools/cloudpage/server.js";
import type { Store } from "../../host-tools/store/store.js";
import { addUser } from "../../host-tools/store/users.js";
import { devEui, kind, storeWithDay } from "./fleet.js";

interface Served {
  store: Store;
  port: number;
  tokens: Record<"viewer" | "operator" | "admin", string>;
  operations: { method: string; path: string; query: string[] }[];
}

/** Users whose names no request guesses, and one whom requests may remove. */
async function serve(t: ExecutionContext): Promise<Served> {
  const store = await storeWithDay();
  for (const name of ["a8f1c0d9", "victim"])
    await addUser(store, { name, role: "admin", createdAt: 1 }, "scrypt$no-password-has-this-hash");
  const tokens = {} as Served["tokens"];
  for (const role of ["viewer", "operator", "admin"] as const)
    tokens[role] = (await createToken(store, { name: `${role}-7d41`, role, expiresAt: null }, 1))!;
  await createToken(store, { name: "victim", role: "viewer", expiresAt: null }, 1);
  const page = await openPage(store, kind, { host: "127.0.0.1", port: 0 });
  t.teardown(async () => {
    await page.close();
    await store.close();
  });
  const headers = { authorization: `Bearer ${tokens.viewer}` };
  const document = (await (await fetch(`${page.url}api/openapi.json`, { headers })).json()) as OpenAPIV3_1.Document;
  const operations = Object.entries(document.paths!).flatMap(([path, item]) =>
    Object.entries(item as Record<string, OpenAPIV3_1.OperationObject>).map(([method, { parameters = [] }]) => ({
      ...{ method: method.toUpperCase(), path },
      query: (parameters as OpenAPIV3_1.ParameterObject[]).flatMap((one) => (one.in === "query" ? one.name : [])),
    })),
  );
  return { store, port: Number(new URL(page.url).port), tokens, operations };
}

interface Request {
  method: string;
  target: string;
  headers: [name: string, value: string][];
  body: Buffer;
  /** How the body comes: with its length, in chunks, with a length that is wrong, or cut off. */
  framing: "length" | "chunks" | "short" | "long" | "cut";
}

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("__proto__", "constructor", "toString", "%", "%00", "%ff%fe", "%c0%af", "../../etc/passwd", "..%2f"),
  fc.constantFrom("-1", "0", "1e400", "9007199254740993", "NaN", "null", "' or 1=1 --", "\ud800", "x".repeat(3000)),
);
/** Bytes as they are, of what a request line or a header cannot have. */
const inLine = (text: string): string =>
  text.replace(/[\0-\x20\x7f-\uffff]/g, (sign) => encodeURIComponent(Buffer.from(sign).toString()));
const inHeader = (text: string): string => text.replace(/[\0\r\n\u0100-\uffff]/g, "?");

const key = fc.oneof(fc.constantFrom("label", "name", "password", "__proto__", "constructor"), hostile);
const json = fc
  .oneof(
    fc.dictionary(key, fc.oneof(fc.integer({ min: -2, max: 4 }), fc.jsonValue(), hostile), { maxKeys: 4 }),
    fc.record({ name: fc.constantFrom("victim", "a8f1c0d9", "__proto__"), password: hostile }),
    fc.jsonValue(),
  )
  .map((value) => JSON.stringify(value));
const label = fc.integer({ min: -1, max: 3 }).map((value) => Buffer.from(JSON.stringify({ label: value })));
const body = fc.oneof(
  { weight: 4, arbitrary: label },
  json.map((text) => Buffer.from(text)),
  json.map((text) =>
    Buffer.from(text.replace("{", '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},')),
  ),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  json.map((text) =>
    Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0xc3, 0x28]), Buffer.from("}")]),
  ),
  fc.constantFrom(
    Buffer.alloc(0),
    Buffer.from("[".repeat(60_000)),
    Buffer.alloc(200_000, 0x20),
    Buffer.from('{"label":1e999}'),
  ),
);

function requests({ tokens, operations }: Served): fc.Arbitrary<Request> {
  const token = fc.constantFrom(...Object.values(tokens));
  const names = "origin host x-csrf-token sec-fetch-site x-forwarded-for range expect upgrade accept-encoding".split(
    " ",
  );
  const header = fc.oneof(
    fc.tuple(
      fc.constant("authorization"),
      fc.oneof(
        hostile,
        hostile.map((text) => `Bearer ${text}`),
      ),
    ),
    fc.tuple(
      fc.constant("cookie"),
      hostile.map((text) => `loam-session=${text}; __proto__=1`),
    ),
    fc.tuple(fc.constant("content-type"), fc.oneof(fc.constantFrom("text/plain", "multipart/form-data"), hostile)),
    fc.tuple(fc.constantFrom(...names), hostile),
    fc.tuple(
      hostile.map((text) => text.replace(/[^\w-]/g, "") || "x"),
      hostile,
    ),
  );
  const methods = fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND");
  const asked = fc.constantFrom(...operations).chain(({ method, path, query }) => {
    const parameter = fc.oneof(fc.constantFrom(devEui, "1", "6", "victim"), hostile);
    const name = fc.oneof(fc.constantFrom("limit", ...query), hostile);
    const pair = fc.tuple(name, parameter).map((both) => both.join("="));
    return fc.record({
      method: fc.oneof({ weight: 3, arbitrary: fc.constant(method) }, methods),
      target: fc
        .tuple(parameter, fc.array(pair, { maxLength: 2 }), fc.constantFrom("", "", "", "/", "%"))
        .map(([value, pairs, end]) => {
          const whole = path.replace(/\{\w+\}/g, () => value) + end;
          return inLine(pairs.length > 0 ? `${whole}?${pairs.join("&")}` : whole);
        }),
    });
  });
  const labelled = fc.constant({ method: "PUT", target: "/api/deferrals/6/label" });
  const elsewhere = fc.record({ method: methods, target: hostile.map((text) => `/${inLine(text)}`) });
  return fc
    .record({
      asked: fc.oneof({ weight: 9, arbitrary: asked }, { weight: 2, arbitrary: labelled }, elsewhere),
      token: fc.option(token, { freq: 5 }),
      headers: fc.array(header, { maxLength: 2 }),
      body,
      framing: fc.constantFrom(
        "length" as const,
        "length" as const,
        "chunks" as const,
        "short" as const,
        "long" as const,
        "cut" as const,
      ),
    })
    .map(({ asked: { method, target }, token: held, headers, ...rest }) => ({
      ...{ method, target, ...rest },
      headers: held === null ? headers : [["authorization", `Bearer ${held}`], ...headers],
    }));
}

function bytesOf({ method, target, headers, body, framing }: Request, port: number): Buffer {
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const length = {
    length: body.length,
    cut: body.length,
    short: Math.max(0, body.length - 3),
    long: body.length + 3,
    chunks: 0,
  }[framing];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(given.has("host") ? [] : [`host: 127.0.0.1:${port}`]),
    ...(given.has("content-type") ? [] : ["content-type: application/json"]),
    ...headers.map(([name, value]) => `${name}: ${inHeader(value)}`),
    framing === "chunks" ? "transfer-encoding: chunked" : `content-length: ${length}`,
  ];
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  if (framing !== "chunks") return Buffer.concat([head, framing === "cut" ? body.subarray(0, body.length / 2) : body]);
  const sized = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")]);
  return Buffer.concat([head, ...(body.length > 0 ? [sized] : []), Buffer.from("0\r\n\r\n")]);
}

/** @returns the statuses that the server answers with before it, or this side, ends the connection */
async function statusesOf(request: Request, port: number): Promise<number[]> {
  const socket: Socket = connect(port, "127.0.0.1");
  let got = "";
  await new Promise<void>((resolve) => {
    socket.on("data", (chunk) => {
      got += chunk.toString("latin1");
      // Half a request is answered by nobody until it ends.
      if (/^HTTP\/1\.1 [2-5].*\r\n/m.test(got)) socket.destroy();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
    socket.write(bytesOf(request, port), () => {
      // The body that was announced does not come.
      if (request.framing === "cut" || request.framing === "long") socket.end();
    });
  });
  return [...got.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}

const kept = ["uplinks", "deferrals", "decisions", "sends", "nodes", "sessions", "users", "tokens"] as const;

/** All but when tokens were used, how often log-ins failed, and who is to be removed. */
async function contents({ db }: Store): Promise<unknown[][]> {
  const tables = await Promise.all(kept.map((table) => db.selectFrom(table).selectAll().execute()));
  return tables.map((rows) =>
    (rows as object[])
      .filter((row) => !("name" in row && row.name === "victim"))
      .map((row) => ("usedAt" in row ? { ...row, usedAt: undefined } : row)),
  );
}

test("whatever comes over HTTP, nothing fails, and only who may write writes only what he may", async (t) => {
  const served = await serve(t);
  const { store, port, tokens } = served;
  const before = await contents(store);
  const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
  t.log(`FUZZ_SEED=${seed}`);
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(requests(served), { minLength: 1, maxLength: 4 }), async (list) => {
      const statuses = (await Promise.all(list.map((one) => statusesOf(one, port)))).flat();
      for (const status of statuses) seen.set(status, (seen.get(status) ?? 0) + 1);
      return statuses.every((status) => status < 500);
    }),
    { seed, numRuns: 500 },
  );
  t.log(Object.fromEntries([...seen].sort(([a], [b]) => a - b)));
  for (const status of [200, 204, 400, 401, 403, 404, 415]) t.true(seen.has(status), `no request led to ${status}`);
  t.deepEqual(await contents(store), before);
  const ids = new Set((await store.db.selectFrom("deferrals").select("uplinkId").execute()).map((row) => row.uplinkId));
  for (const { uplinkId, label, person } of await store.db.selectFrom("personLabels").selectAll().execute()) {
    t.true(ids.has(uplinkId) && Number.isInteger(label) && label >= 0 && label < kind.classes.length);
    t.regex(person, /^(?:operator|admin)-7d41$/);
  }
  t.deepEqual(Object.keys(Object.prototype), []);
  t.false("polluted" in {});
  const headers = { authorization: `Bearer ${tokens.viewer}` };
  t.is((await fetch(`http://127.0.0.1:${port}/api/nodes`, { headers })).status, 200);
});

test("a body that never ends does not hold a connection for good", async (t) => {
  const { port, tokens } = await serve(t);
  const socket = connect(port, "127.0.0.1");
  socket.write(
    `PUT /api/deferrals/6/label HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${tokens.operator}\r\n`,
  );
  socket.write('content-type: application/json\r\ncontent-length: 11\r\n\r\n{"label":');
  let got = "";
  socket.on("data", (chunk) => (got += chunk.toString()));
  await new Promise((resolve) => socket.on("close", resolve));
  t.regex(got, /^HTTP\/1\.1 408 /);
});
