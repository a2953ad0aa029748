import { get } from "node:http";
import test, { type ExecutionContext } from "ava";
import { encodeReport, ports } from "../../device/codec/codec.js";
import { openPage } from "../../host-tools/cloudpage/server.js";
import { UserError } from "../../host-tools/lib/errors.js";
import { storeNetwork } from "../../host-tools/store/networks.js";
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

test("features of deferred windows are in the sensors' units, whichever network a window is of", async (t) => {
  const { store, url } = await serve(t);
  const read = async (query = "") => await json(`${url}api/nodes/${devEui}/features${query}`);
  t.deepEqual(await read(), { names: [], windows: [] }, "it is not known what the day's windows mean");
  const own = {
    ...{ profile: "00", frames: 2, features: ["soil.mean", "soil.slope", "air.max"], classes: kind.classes },
    ...{ mean: [20, 0, 10], deviation: [8, 1, 4], scale: 0.5, zeroPoint: 2 },
  };
  const id = await storeNetwork(store, own);
  const other = await storeNetwork(store, { ...own, mean: [30, 0, 10], zeroPoint: 0 });
  const longer = await storeNetwork(store, { ...own, features: [...own.features, "air.min"] });
  const of = (network: string | null, from: number, to: number) =>
    store.db
      .updateTable("deferrals")
      .set({ network })
      .where("sequence", ">=", from)
      .where("sequence", "<=", to)
      .execute();
  await of(longer, 0, 20);
  await of(other, 21, 60);
  await of(id, 61, 100);
  const { names, windows } = (await read()) as { names: string[]; windows: { at: number; values: number[] }[] };
  t.deepEqual(names, own.features);
  t.is(windows.length, 10, "two have other features");
  // Frames of -128, 0, 127 and 10, 20, 30.
  t.deepEqual(windows.at(-1), { at: start + 900 * 93, values: [20 + 4 * (-59 - 2), 0.5 * 8, 10 + 2 * (78.5 - 2)] });
  t.deepEqual(windows[0]!.values[0], 30 + 4 * -59);
  t.like(await read(`?from=${start + 900 * 85}&limit=1`), { windows: [{ at: start + 900 * 93 }] });
});

test("what comes is an event, once for each payload, on every page that is open", async (t) => {
  const { store, url } = await serve(t);
  const responses = await Promise.all([1, 2].map(() => fetch(`${url}api/events`)));
  const readers = responses.map(({ body }) => body!.pipeThrough(new TextDecoderStream()).getReader());
  // After the day of the store, which is in the future.
  const now = start + 100_000;
  const report = encodeReport({ sequence: 300, time: start, label: 1, confidence: 1, actions: 0, count: 1 });
  await take(store, ports.report, report, now);
  for (const reader of readers) {
    let text = "";
    const events = () =>
      text.split("\n").filter((line) => line.startsWith("data:") && line.includes('"sequence":300,'));
    while (events().length < 1) text += (await reader.read()).value ?? "";
    await take(store, ports.report, report, now + 1);
    while (events().length < 2) text += (await reader.read()).value ?? "";
    t.like(JSON.parse(events()[0]!.slice(5)), { devEui, kind: "report", sequence: 300, copies: 1 });
    t.like(JSON.parse(events()[1]!.slice(5)), { devEui, kind: "report", sequence: 300, copies: 2 });
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
  t.is((await fetch(`${url}api/events`, { method: "HEAD" })).status, 404, "there is nothing without a body");
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
