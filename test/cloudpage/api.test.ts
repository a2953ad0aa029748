import { get } from "node:http";
import test, { type ExecutionContext } from "ava";
import { encodeReport, ports } from "../../device/codec/codec.js";
import { openPage } from "../../host-tools/cloudpage/server.js";
import { UserError } from "../../host-tools/lib/errors.js";
import type { Store } from "../../host-tools/store/store.js";
import { devEui, kind, start, storeWithDay, take } from "./fleet.js";

async function serve(t: ExecutionContext): Promise<{ store: Store; url: string }> {
  const store = await storeWithDay();
  const page = await openPage(store, kind, { host: "127.0.0.1", port: 0 });
  t.teardown(async () => {
    await page.close();
    await store.close();
  });
  return { store, url: page.url };
}

async function json(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return await response.json();
}

test("nodes, timeline and deferrals as JSON", async (t) => {
  const { url } = await serve(t);
  const nodes = (await json(`${url}api/nodes`)) as unknown[];
  t.like(nodes, [{ devEui, name: "north <field>", battery: 254, firmware: "1.2.3" }, { lastSeen: null }]);
  t.like(await json(`${url}api/nodes/${devEui}`), { devEui, lastSeen: start + 86400, faultAt: start + 86000 });
  const day = (await json(`${url}api/nodes/${devEui}/timeline`)) as Record<string, unknown[]>;
  t.deepEqual(
    Object.entries(day).map(([name, list]) => [name, list.length]),
    [
      ["verdicts", 84],
      ["deferrals", 12],
      ["faults", 1],
      ["health", 1],
      ["link", 98],
      ["messages", 0],
    ],
  );
  const hour = (await json(`${url}api/nodes/${devEui}/timeline?from=${start}&to=${start + 3600}`)) as typeof day;
  t.is(hour["verdicts"]!.length, 5);
  const deferrals = (await json(`${url}api/deferrals?limit=5`)) as { id: number; sequence: number }[];
  t.deepEqual(
    deferrals.map(({ sequence }) => sequence),
    [93, 85, 77, 69, 61],
  );
  const more = (await json(`${url}api/deferrals?limit=5&before=${deferrals[4]!.id}`)) as typeof deferrals;
  t.is(more[0]!.sequence, 53);
  t.like(await json(`${url}api/deferrals/${deferrals[0]!.id}`), { frames: 2, window: [-128, 0, 127, 10, 20, 30] });
});

test("what comes is an event, once for each payload, on every page that is open", async (t) => {
  const { store, url } = await serve(t);
  const responses = await Promise.all([1, 2].map(() => fetch(`${url}api/events`)));
  const readers = responses.map(({ body }) => body!.pipeThrough(new TextDecoderStream()).getReader());
  const now = Date.now() / 1000;
  const report = encodeReport({ sequence: 300, time: start, label: 1, confidence: 1, actions: 0, count: 1 });
  await take(store, ports.report, report, now);
  for (const reader of readers) {
    let text = "";
    while (!text.includes("data:")) text += (await reader.read()).value ?? "";
    await take(store, ports.report, report, now + 1);
    while (text.split("data:").length < 3) text += (await reader.read()).value ?? "";
    const events = text.split("\n").filter((line) => line.startsWith("data:"));
    t.like(JSON.parse(events[0]!.slice(5)), { devEui, kind: "report", sequence: 300, copies: 1 });
    await reader.cancel();
  }
});

const refused: [path: string, status: number][] = [
  ["api/nodes/123", 400],
  ["api/nodes/ffffffffffffffff", 404],
  ["api/nodes?limit=0", 400],
  ["api/nodes?limit=1e9", 400],
  ["api/nodes?limit=1e400", 400],
  ["api/deferrals?before=1e400", 400],
  ["api/nodes?other=1", 400],
  ["api/deferrals/99999", 404],
  ["api/deferrals/x", 400],
  [`api/nodes/${devEui}/timeline?from=abc`, 400],
  ["nothing", 404],
  ["../../package.json", 404],
];
test("what is wrong in a request is refused, and the page is for this machine only", async (t) => {
  const { url } = await serve(t);
  for (const [path, status] of refused) t.is((await fetch(url + path)).status, status, path);
  const foreign = await new Promise<number | undefined>((resolve) => {
    get(`${url}api/nodes`, { headers: { host: "rebound.example" } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
  });
  t.is(foreign, 403);
  const { port } = new URL(url);
  await t.throwsAsync(openPage(await storeWithDay(), kind, { host: "127.0.0.1", port: Number(port) }), {
    instanceOf: UserError,
    message: new RegExp(`port ${port} on 127.0.0.1`),
  });
});
