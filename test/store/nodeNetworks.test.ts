import { sql } from "kysely";
import { decodeUplink, encodeDeferral, encodeUpdateStatus, ports } from "../../device/codec/codec.js";
import type { UpdateEvent } from "../../device/codec/update.js";
import { unanswered } from "../../host-tools/store/decisions.js";
import { listDeferrals } from "../../host-tools/store/deferrals.js";
import { listDoubts } from "../../host-tools/store/doubts.js";
import { findNode } from "../../host-tools/store/fleet.js";
import { takeUplink } from "../../host-tools/store/intake.js";
import { countUnread, nameNetwork, storeNetwork, type NetworkDescription } from "../../host-tools/store/networks.js";
import type { Store } from "../../host-tools/store/store.js";
import { onEachDatabase } from "./databases.js";

const devEui = "0011223344556677";
const at = 1_900_000_000;
/** As default sequences are: times. */
const newer = 4_000_000_000;

const described = (scale: number): NetworkDescription => ({
  ...{ profile: "00", frames: 2, features: ["a", "b", "c"], classes: ["x", "y"], mean: [0, 0, 0] },
  ...{ deviation: [1, 1, 1], scale, zeroPoint: 0 },
});

/** A node whose payloads come to a cloud that has the firmware's network, and what else is in `ids`. */
class Node {
  #sequence = 0;
  readonly ids = new Map<number, string>();

  constructor(readonly store: Store) {}

  static async start(store: Store): Promise<Node> {
    const node = new Node(store);
    node.ids.set(0, await storeNetwork(store, described(1)));
    return node;
  }

  /** @param time of the window @param received by default at once */
  async defers(time: number, network?: number, received = time) {
    const window = { frames: 2, features: 3, data: new Int8Array(6), network };
    const deferral = { sequence: this.#sequence++, time, label: 0, confidence: 0.4, window };
    return await this.#take(ports.deferral, encodeDeferral(deferral, 51), received);
  }

  async says(event: UpdateEvent, model: number, time: number, room = 51): Promise<void> {
    const none = { sequence: 0, version: 0 };
    const status = {
      ...({ sequence: this.#sequence++, time, event, reason: "none", subject: newer, newest: newer } as const),
      ...{ script: none, model: { sequence: model, version: 1 }, settings: none, settingsHash: 0 },
    };
    await this.#take(ports.update, encodeUpdateStatus(status, room), time);
  }

  #take(port: number, payload: Uint8Array, received: number) {
    const frame = `f${this.#sequence}`;
    const uplink = { devEui, port, payload, frame, received, receptions: [] };
    return takeUplink(this.store, uplink, decodeUplink(port, payload), this.ids);
  }
}

/** Of all windows, in the order in which they came. */
async function models(store: Store): Promise<(number | null)[]> {
  return (await listDeferrals(store, { limit: 100 })).reverse().map(({ model }) => model);
}

onEachDatabase("the network that a deferral names counts, whatever update status has come", async (t, open) => {
  const node = await Node.start(await open());
  node.ids.set(newer, await storeNetwork(node.store, described(2)));
  t.is((await node.defers(at, 0)).model, 0);
  // On probation: a deferral is more urgent than the status, and comes first.
  t.is((await node.defers(at + 900, newer)).model, newer);
  t.like(await findNode(node.store, devEui), { model: newer, modelAt: at + 900 });
  await node.says("accepted", newer, at + 880);
  // What waited comes after what is newer.
  t.is((await node.defers(at + 300, 0, at + 1000)).model, 0);
  t.like(await findNode(node.store, devEui), { model: newer, modelAt: at + 900 });
  await node.says("taken back", 0, at + 1700);
  // Its program goes on with the network until it begins anew.
  t.is((await node.defers(at + 1701, newer)).model, newer);
  t.is((await node.defers(at + 2600, 0)).model, 0);
  t.like(await findNode(node.store, devEui), { model: 0, modelAt: at + 2600 });
  const { networks, doubts } = await listDoubts(node.store, { limit: 100, labelled: false });
  t.deepEqual(
    doubts.map(({ network }) => networks[network!]!.scale),
    [1, 2, 1, 2, 1],
  );
});

onEachDatabase("of a deferral that names none, the update status until its window counts", async (t, open) => {
  const { store, late } = await withHistory(await open());
  t.deepEqual(await models(store), [0, 7, 7, 0, 8, 7]);
  t.like(await findNode(store, devEui), { model: 8, modelAt: at + 3000 });
  t.is((await late(at + 10)).model, 0, "made before the first package, and come last");
});

/** Packages come and go on a node that does not say with its deferrals which network they are of. */
async function withHistory(store: Store) {
  const node = await Node.start(store);
  await node.defers(at);
  await node.says("accepted", 7, at + 500);
  await node.says("confirmed", 7, at + 900, 11);
  await node.defers(at + 900);
  await node.says("refused", 7, at + 1000);
  await node.defers(at + 1800);
  await node.says("taken back", 0, at + 2000);
  await node.defers(at + 2700);
  await node.says("accepted", 8, at + 3000);
  await node.defers(at + 3600);
  await node.defers(at + 1300, undefined, at + 3700);
  return { store, late: (time: number) => node.defers(time, undefined, at + 9000) };
}

onEachDatabase("a window without a network is kept, found by nobody who lacks it, and known later", async (t, open) => {
  const store = await open();
  const node = await Node.start(store);
  const own = await node.defers(at, 0);
  const other = await node.defers(at + 1, 7);
  t.like(await listDeferrals(store, { limit: 1 }), [{ id: other.id, model: 7, network: null }]);
  t.deepEqual(await countUnread(store), new Map([[7, 1]]));
  const left = async (...of: number[]) => (await unanswered(store, at + 60, at - 60, of)).map(({ id }) => id);
  t.deepEqual(await left(0), [own.id]);
  t.deepEqual(await left(0, 7), [own.id, other.id]);
  t.like((await unanswered(store, at + 60, at - 60, [7]))[0], { id: other.id, model: 7 });

  // Another process has been started with it; a copy of the payload asks as the first did.
  const id = await storeNetwork(store, described(2));
  t.is(await nameNetwork(store, 7, id), 1);
  t.is(await nameNetwork(store, 7, id), 0);
  t.is(await nameNetwork(store, 0, id), 0, "what is known stays");
  t.deepEqual(await countUnread(store), new Map());
  const { networks, doubts } = await listDoubts(store, { limit: 100, labelled: false });
  t.deepEqual(
    doubts.map(({ network }) => networks[network!]!.scale),
    [1, 2],
  );
  const again = await new Node(store).defers(at, 0);
  t.like(again, { id: own.id, isDuplicate: true, model: 0 });
});

onEachDatabase("a database of an earlier version learns which network each node has", async (t, open) => {
  const { store } = await withHistory(await open());
  // As it was before.
  for (const statement of [
    "drop index deferrals_unread",
    "alter table deferrals drop column model",
    "alter table nodes drop column model",
    "alter table nodes drop column model_at",
    "delete from loam_migrations where name = '0010'",
  ])
    await sql.raw(statement).execute(store.db.withoutPlugins());
  const later = await open();
  t.like(await findNode(later, devEui), { model: 8, modelAt: at + 3000 });
  t.deepEqual(await models(later), [null, null, null, null, null, null]);
  t.deepEqual(await countUnread(later), new Map());
  const own = await storeNetwork(later, described(1));
  const { doubts } = await listDoubts(later, { limit: 100, labelled: false });
  t.deepEqual(
    doubts.map(({ network }) => network),
    [own, null, null, own, null, null],
  );
});
