// Slow: waits until what a worker has left is another's
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { decodeDecision, encodeDeferral, encodeReport, ports } from "../../device/codec/codec.js";
import type { Network, UplinkHandler } from "../../host-tools/networks/network.js";
import type { NodeNetworks } from "../../host-tools/service/nodeNetworks.js";
import { CloudService } from "../../host-tools/service/service.js";
import { listDeferrals } from "../../host-tools/store/deferrals.js";
import { openStore, type Store } from "../../host-tools/store/store.js";
import { timeline } from "../../host-tools/store/timeline.js";
import type { ReceivedUplink } from "../../host-tools/store/types.js";
import { needs, postgres } from "../helpers/needs.js";
import { postgresPlace, sqlitePlace } from "../store/databases.js";

const devEui = "0011223344556677";
const now = () => Date.now() / 1000;
const window = { frames: 2, features: 3, data: Int8Array.of(-128, 0, 127, 10, 20, 30) };

/** A network server that gives every frame to all workers, as one does that delivers again what was not acknowledged in time. */
class SharedNetwork {
  readonly sent: { devEui: string; sequence: number; frame: string }[] = [];
  readonly #handlers: UplinkHandler[] = [];

  /** The worker's end. @param isStuck it takes downlinks and never answers */
  end(isStuck = () => false): Network {
    return {
      failed: new Promise<never>(() => undefined),
      onUplink: (handler) => void this.#handlers.push(handler),
      start: () => Promise.resolve(),
      close: () => Promise.resolve(),
      send: (to, _port, payload, options) => {
        if (isStuck()) return new Promise<void>(() => undefined);
        this.sent.push({ devEui: to, sequence: decodeDecision(payload).sequence, frame: options!.correlation! });
        return Promise.resolve();
      },
    };
  }

  async deliver(port: number, payload: Uint8Array, frame: string): Promise<void> {
    const uplink: ReceivedUplink = { devEui, port, payload, frame, received: now(), receptions: [] };
    for (const { answered } of await Promise.all(this.#handlers.map((handler) => handler(uplink)))) void answered;
  }
}

const networkOf = (id: string) => ({
  ...{ id, input: { scale: 1, zeroPoint: 0 }, predict: () => Float32Array.of(0.2, 0.8) },
});
const own = new Map([[0, networkOf("own")]]);

async function worker(
  store: Store,
  network: Network,
  events: object[] = [],
  networks: NodeNetworks = own,
): Promise<CloudService> {
  const service = new CloudService({
    ...{ store, network, decisionSeconds: 600 },
    networks,
    onEvent: (event) => events.push(event),
  });
  await service.start();
  return service;
}

const deferral = (sequence: number, network?: number) =>
  encodeDeferral(
    { sequence, time: 1_900_000_000 + sequence, label: 0, confidence: 0.5, window: { ...window, network } },
    51,
  );

async function until(isTrue: () => boolean, seconds = 60): Promise<void> {
  for (let i = 0; i < 10 * seconds && !isTrue(); i++) await sleep(100);
}

async function twoWorkers(t: ExecutionContext, place: string): Promise<void> {
  const stores = [await openStore(place), await openStore(place)];
  const network = new SharedNetwork();
  const workers = [await worker(stores[0]!, network.end()), await worker(stores[1]!, network.end())];
  const payloads = 30;
  await Promise.all(
    Array.from({ length: payloads }, (_, i) => {
      const report = encodeReport({
        sequence: i,
        time: 1_900_001_000 + i,
        label: 1,
        confidence: 0.9,
        actions: 0,
        count: 1,
      });
      return i % 2
        ? network.deliver(ports.report, report, `frame ${i}`)
        : network.deliver(ports.deferral, deferral(i), `frame ${i}`);
    }),
  );
  await until(() => network.sent.length >= payloads / 2);
  for (const one of workers) await one.close();
  const frames = network.sent.map(({ frame }) => frame);
  t.deepEqual(frames.toSorted(), [...new Set(frames)].toSorted(), "answered twice");
  t.is(frames.length, payloads / 2);
  const { verdicts, deferrals, link } = await timeline(stores[0]!, devEui, { from: 0, to: 2 ** 40, limit: 1000 });
  t.is(verdicts.length + deferrals.length, payloads);
  t.true(link.every(({ copies }) => copies === 1));
  for (const store of stores) await store.close();
}

test("SQLite: two workers that get every frame store each payload and answer each deferral once", async (t) => {
  await twoWorkers(t, await sqlitePlace(t));
});
needs(postgres)(
  "PostgreSQL: two workers that get every frame store each payload and answer each deferral once",
  async (t) => {
    await twoWorkers(t, await postgresPlace());
  },
);

needs(postgres)("what a worker has left, another answers, once", async (t) => {
  t.timeout(120_000);
  const place = await postgresPlace();
  const stores = [await openStore(place), await openStore(place), await openStore(place)];
  const network = new SharedNetwork();
  // It has the deferral and the right to answer it, and then nothing more is heard of it.
  await worker(
    stores[0]!,
    network.end(() => true),
  );
  await network.deliver(ports.deferral, deferral(5), "frame");
  const others = [await worker(stores[1]!, network.end()), await worker(stores[2]!, network.end())];
  await until(() => network.sent.length > 0);
  await sleep(6000);
  t.deepEqual(network.sent, [{ devEui, sequence: 5, frame: "frame" }]);
  for (const one of others) await one.close();
  t.truthy((await listDeferrals(stores[1]!, { limit: 1 }))[0]!.sentAt);
  for (const store of stores) await store.close();
});

needs(postgres)("what a worker cannot decide, another that has the node's network does", async (t) => {
  t.timeout(120_000);
  const place = await postgresPlace();
  const stores = [await openStore(place), await openStore(place)];
  const network = new SharedNetwork();
  const events: object[] = [];
  const without = await worker(stores[0]!, network.end(), events);
  await network.deliver(ports.deferral, deferral(5, 7), "frame 5");
  await network.deliver(ports.deferral, deferral(6, 0), "frame 6");
  await until(() => network.sent.length > 0);
  t.like(
    events.filter((event) => "kind" in event && event.kind === "undecided"),
    [{ sequence: 5, model: 7 }],
  );
  const with_ = await worker(stores[1]!, network.end(), [], new Map([...own, [7, networkOf("new")]]));
  await until(() => network.sent.length > 1);
  t.deepEqual(
    network.sent.map(({ sequence }) => sequence),
    [6, 5],
  );
  await without.close();
  await with_.close();
  for (const store of stores) await store.close();
});
