// Slow: scrypt
import { mkdtemp, rm } from "node:fs/promises";
import { get as getPlain, request as ask } from "node:http";
import { get } from "node:https";
import os from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { encodeReport, ports } from "../../device/codec/codec.js";
import { hashPassword } from "../../host-tools/access/passwords.js";
import { createToken } from "../../host-tools/access/tokens.js";
import { openPage, type PageOptions } from "../../host-tools/cloudpage/server.js";
import { UserError } from "../../host-tools/lib/errors.js";
import type { Store } from "../../host-tools/store/store.js";
import { removeToken } from "../../host-tools/store/tokens.js";
import { addUser } from "../../host-tools/store/users.js";
import { Authority } from "../helpers/certificates.js";
import { needs, openssl } from "../helpers/needs.js";
import { kind, start, storeWithDay, take } from "./fleet.js";

const password = "a password of ann";
const hashed = hashPassword(password);

async function withUser(): Promise<Store> {
  const store = await storeWithDay();
  await addUser(store, { name: "ann", role: "viewer", createdAt: 1 }, await hashed);
  return store;
}

async function serve(t: ExecutionContext, store: Store, options: Partial<PageOptions> = {}): Promise<string> {
  const page = await openPage(store, kind, { host: "127.0.0.1", port: 0, ...options });
  t.teardown(async () => {
    await page.close();
    await store.close();
  });
  return page.url.replace("0.0.0.0", "127.0.0.1");
}

const json = { "content-type": "application/json" };
const logIn = (url: string, given: object, headers: Record<string, string> = {}) =>
  fetch(`${url}api/session`, { method: "POST", headers: { ...json, ...headers }, body: JSON.stringify(given) });

type Reader = ReadableStreamDefaultReader<string>;

const statusOf = (url: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    getPlain(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });

test("log-in gives a cookie that scripts cannot read and other pages cannot send; log-out ends it", async (t) => {
  const url = await serve(t, await withUser(), { host: "0.0.0.0" });
  for (const open of ["", "app.js", "style.css"]) t.is((await fetch(url + open)).status, 200);
  for (const closed of ["api/kind", "api/nodes", "api/events", "api/session"])
    t.is((await fetch(url + closed)).status, 401, closed);
  const wrong = await logIn(url, { name: "ann", password: "a password of bob" });
  t.is(wrong.status, 401);
  t.deepEqual(wrong.headers.getSetCookie(), []);
  t.deepEqual(await (await logIn(url, { name: "nobody", password })).json(), await wrong.json(), "no name is betrayed");

  const login = await logIn(url, { name: "ann", password });
  const set = login.headers.getSetCookie()[0]!;
  t.regex(set, /^loam-session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/);
  const cookie = set.split(";")[0]!;
  const session = (await (await fetch(`${url}api/session`, { headers: { cookie } })).json()) as { csrf: string };
  t.like(session, { name: "ann", role: "viewer", by: "session" });
  t.is((await fetch(`${url}api/nodes`, { headers: { cookie } })).headers.get("cache-control"), "no-store");
  const out = (headers: Record<string, string>) =>
    fetch(`${url}api/session`, { method: "DELETE", headers: { cookie, ...headers } });
  t.is((await out({})).status, 403, "without what the page was told");
  t.is((await out({ "x-csrf-token": "local" })).status, 403);
  t.is((await out({ "x-csrf-token": session.csrf, origin: "http://evil.example" })).status, 403);
  t.is((await out({ "x-csrf-token": session.csrf, "sec-fetch-site": "cross-site" })).status, 403);
  t.is((await fetch(`${url}api/nodes`, { headers: { cookie } })).status, 200);
  t.is((await out({ "x-csrf-token": session.csrf, origin: new URL(url).origin })).status, 204);
  t.is((await fetch(`${url}api/nodes`, { headers: { cookie } })).status, 401);
});

test("who logs out, or whose token ends, hears nothing more on a page that was open", async (t) => {
  const store = await withUser();
  const url = await serve(t, store, { host: "0.0.0.0" });
  const now = Date.now() / 1000;
  const ending = (await createToken(store, { name: "ending", role: "viewer", expiresAt: null }, now))!;
  const lasting = (await createToken(store, { name: "lasting", role: "viewer", expiresAt: null }, now))!;
  const login = await logIn(url, { name: "ann", password });
  const cookie = login.headers.getSetCookie()[0]!.split(";")[0]!;
  const { csrf } = (await login.json()) as { csrf: string };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const [ofSession, ofEnding, ofLasting] = (
    await Promise.all(
      [{ cookie }, bearer(ending), bearer(lasting)].map((headers) => fetch(`${url}api/events`, { headers })),
    )
  ).map(({ body }) => body!.pipeThrough(new TextDecoderStream()).getReader()) as [Reader, Reader, Reader];
  await fetch(`${url}api/session`, { method: "DELETE", headers: { cookie, "x-csrf-token": csrf } });
  await removeToken(store, "ending");
  const report = encodeReport({ sequence: 300, time: start, label: 1, confidence: 1, actions: 0, count: 1 });
  await take(store, ports.report, report, now + 1);
  const toItsEnd = async (reader: Reader) => {
    let text = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
    return text;
  };
  t.false((await toItsEnd(ofSession)).includes("data:"));
  t.false((await toItsEnd(ofEnding)).includes("data:"));
  let text = "";
  while (!text.includes("data:")) text += (await ofLasting.read()).value ?? "";
  await ofLasting.cancel();
});

test("after too many log-ins even the right one waits", async (t) => {
  const url = await serve(t, await withUser(), { host: "0.0.0.0" });
  for (let i = 0; i < 5; i++) t.is((await logIn(url, { name: "ann", password: `wrong ${i}` })).status, 401);
  const late = await logIn(url, { name: "ann", password }, { "x-forwarded-for": "10.9.8.7" });
  t.is(late.status, 429, "who is no proxy does not say where he is");
  t.true(Number(late.headers.get("retry-after")) > 800);
});

test("behind a proxy: addresses and protocol are the proxy's word", async (t) => {
  const url = await serve(t, await withUser(), { proxies: ["127.0.0.1"] });
  t.is((await fetch(`${url}api/nodes`)).status, 401);
  const from = (address: string) => ({ "x-forwarded-for": address, "x-forwarded-proto": "https" });
  for (let i = 0; i < 6; i++) await logIn(url, { name: "ann", password: "wrong" }, from("10.0.0.1"));
  t.is((await logIn(url, { name: "ann", password }, from("10.0.0.1"))).status, 429);
  const login = await logIn(url, { name: "ann", password }, from("10.0.0.2"));
  t.regex(login.headers.getSetCookie()[0]!, /^__Host-loam-session=.*; HttpOnly; Secure; SameSite=Strict$/);
});

test("tokens open the API for programs, as far as their role goes", async (t) => {
  const store = await withUser();
  const url = await serve(t, store, { host: "0.0.0.0" });
  const now = Date.now() / 1000;
  const token = (await createToken(store, { name: "prometheus", role: "viewer", expiresAt: now + 60 }, now))!;
  const old = (await createToken(store, { name: "old", role: "admin", expiresAt: now - 1 }, now))!;
  const status = async (authorization: string) =>
    (await fetch(`${url}api/nodes`, { headers: { authorization } })).status;
  t.is(await status(`Bearer ${token}`), 200);
  for (const wrong of [`Bearer ${old}`, `Bearer ${token}x`, "Bearer", `Basic ${token}`]) t.is(await status(wrong), 401);
});

test("an operator labels deferrals, a viewer does not, and only with a class that there is", async (t) => {
  const store = await withUser();
  const url = await serve(t, store, { host: "0.0.0.0" });
  const [tokens, now] = [new Map<string, string>(), Date.now() / 1000];
  for (const role of ["viewer", "operator"] as const)
    tokens.set(role, (await createToken(store, { name: role, role, expiresAt: null }, now))!);
  const headers = (role: string) => ({ authorization: `Bearer ${tokens.get(role)!}`, ...json });
  const list = async (query: string) => {
    const response = await fetch(`${url}api/deferrals${query}`, { headers: headers("viewer") });
    return (await response.json()) as { id: number }[];
  };
  const [first] = await list("?waiting=true");
  const put = async (role: string, body: object, id = first!.id) => {
    const given = { method: "PUT", headers: headers(role), body: JSON.stringify(body) };
    return (await fetch(`${url}api/deferrals/${id}/label`, given)).status;
  };
  t.is(await put("viewer", { label: 1 }), 403);
  for (const wrong of [{ label: 3 }, { label: -1 }, {}, { label: 1, more: 2 }]) t.is(await put("operator", wrong), 400);
  t.is(await put("operator", { label: 1 }, 99999), 404);
  t.is((await list("?waiting=true")).length, 12);
  t.is(await put("operator", { label: 1 }), 204);
  t.like((await list(""))[0], { id: first!.id, personLabel: 1, person: "operator" });
  t.is((await list("?waiting=true")).length, 11);
});

test("an admin sees users and tokens without their secrets, and removes them; nobody else does", async (t) => {
  const store = await withUser();
  const url = await serve(t, store, { host: "0.0.0.0" });
  const now = Date.now() / 1000;
  const add = (role: "operator" | "admin") => createToken(store, { name: role, role, expiresAt: null }, now);
  const [operator, admin] = [(await add("operator"))!, (await add("admin"))!];
  const ask = (token: string, what: string, method = "GET") =>
    fetch(`${url}api/${what}`, { method, headers: { authorization: `Bearer ${token}` } });
  for (const what of ["users", "tokens"]) {
    t.is((await ask(operator, what)).status, 403);
    t.is((await ask(operator, `${what}/ann`, "DELETE")).status, 403);
    t.is((await ask(admin, `${what}/nobody`, "DELETE")).status, 404);
    const text = await (await ask(admin, what)).text();
    for (const secret of ["scrypt", admin, operator, "digest", "password"]) t.false(text.includes(secret), secret);
  }
  const names = async (what: string) =>
    ((await (await ask(admin, what)).json()) as { name: string }[]).map(({ name }) => name);
  t.deepEqual(await names("users"), ["ann"]);
  t.deepEqual(await names("tokens"), ["admin", "operator"]);
  t.is((await ask(admin, "tokens/operator", "DELETE")).status, 204);
  t.is((await ask(operator, "nodes")).status, 401);
  t.is((await ask(admin, "users/ann", "DELETE")).status, 204);
  t.deepEqual(await names("users"), []);
});

test("on this machine all is open until there is a user, but not for pages from elsewhere, nor through a proxy", async (t) => {
  const store = await storeWithDay();
  const url = await serve(t, store);
  const { host } = new URL(url);
  t.is(await statusOf(`${url}api/nodes`, { host }), 200);
  t.is(await statusOf(`${url}api/nodes`, { host: "rebound.example" }), 403);
  t.is(await statusOf(`${url}api/nodes`, { host, "x-forwarded-for": "10.0.0.1" }), 401);
  t.like(await (await fetch(`${url}api/session`)).json(), { role: "admin", by: "this machine", csrf: "local" });
  const foreign = await new Promise((resolve) => {
    ask(`${url}api/session`, { method: "DELETE" }, (response) => resolve(response.resume().statusCode)).end();
  });
  t.is(foreign, 403, "a form of another page cannot set the header");
  await addUser(store, { name: "ann", role: "viewer", createdAt: 1 }, await hashed);
  t.is(await statusOf(`${url}api/nodes`, { host }), 401);
});

test("beyond this machine it does not start without users", async (t) => {
  const store = await storeWithDay();
  for (const options of [{ host: "0.0.0.0" }, { host: "::" }, { proxies: ["127.0.0.1"] }])
    await t.throwsAsync(openPage(store, kind, { host: "127.0.0.1", port: 0, ...options }), {
      instanceOf: UserError,
      message: /has no users; add one: npx loam cloud user add NAME --role admin/,
    });
  await store.close();
});

needs(openssl)("with a certificate the page is https, and the cookie for https only", async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "loam-page-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const authority = new Authority(folder, "authority");
  const files = authority.sign("server", { host: "127.0.0.1" });
  const url = await serve(t, await withUser(), { host: "0.0.0.0", ...files });
  t.regex(url, /^https:/);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    get(`${url}api/nodes`, { rejectUnauthorized: false, agent: false }, (response) =>
      resolve(response.resume().statusCode),
    ).on("error", reject);
  });
  t.is(status, 401);
  const store = await withUser();
  const swapped = { host: "0.0.0.0", port: 0, cert: files.key, key: files.cert };
  await t.throwsAsync(openPage(store, kind, swapped), { instanceOf: UserError, message: /certificate and its key/ });
  await store.close();
});
