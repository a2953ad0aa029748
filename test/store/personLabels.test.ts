import { encodeDeferral, ports } from "../../device/codec/codec.js";
import { findDeferral, listDeferrals } from "../../host-tools/store/deferrals.js";
import { labelDeferral } from "../../host-tools/store/personLabels.js";
import { start, take } from "../cloudpage/fleet.js";
import { onEachDatabase } from "./databases.js";

onEachDatabase("a person's word on a deferral is kept, the last one, and it waits no longer", async (t, open) => {
  const [store, other] = [await open(), await open()];
  const ids: number[] = [];
  for (const sequence of [1, 2]) {
    const deferral = encodeDeferral({ sequence, time: start + sequence, label: 0, confidence: 0.5 }, 51);
    ids.push(await take(store, ports.deferral, deferral, start + sequence));
  }
  const waiting = async () => (await listDeferrals(store, { limit: 9, waiting: true })).map(({ id }) => id);
  t.deepEqual(await waiting(), ids.toReversed());
  const said = { uplinkId: ids[0]!, person: "ann", labelledAt: start };
  t.true(await labelDeferral(store, { ...said, label: 2 }));
  t.true(await labelDeferral(other, { ...said, label: 0, person: "bob" }));
  t.like(await findDeferral(store, ids[0]!), { personLabel: 0, person: "bob", label: 0 });
  t.deepEqual(await waiting(), [ids[1]!]);
  t.is((await listDeferrals(store, { limit: 9 })).length, 2);
  t.false(await labelDeferral(store, { ...said, uplinkId: 999, label: 1 }));
});
