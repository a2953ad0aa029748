// Slow: weeks of uplinks
import test from "ava";
import { otaa } from "../lorawan/simulation.js";
import { changedEvery, everyMs, UpNode } from "./upnode.js";

const day = 86_400_000;
const changed = changedEvery(24);

const causes: [cause: string, kill: (node: UpNode) => void][] = [
  ["a gateway that only receives", ({ world }) => void (world.tamper = () => undefined)],
  ["a server whose FCntDown was reset", ({ world, counter }) => world.server.setCounters(otaa.devEui, counter, 0)],
  ["gateways that have no airtime left for downlinks", ({ world }) => void (world.sends = () => false)],
];

for (const [cause, kill] of causes)
  for (const names of [false, true])
    test(`${cause}, ${names ? "loam's cloud" : "a network server alone"}: 99 % of a week's payloads reach the network`, async (t) => {
      const node = await UpNode.join(names);
      await node.pass(everyMs, changed);
      // Of a session that has had many downlinks.
      node.world.server.setCounters(otaa.devEui, node.counter, 20000);
      await node.pass(day, changed);
      const before = { made: node.made, got: node.got.size };
      kill(node);
      await node.pass(7 * day, changed);
      const made = node.made - before.made;
      const got = node.got.size - before.got;
      const most = Math.max(...node.got.values());
      t.log(`${got} of ${made} payloads, one of them ${most} times; ${node.dropped} dropped`);
      t.is(made, 672);
      t.true(got >= 0.99 * made);
      t.true(most <= 8);
      t.is(node.dropped, 0);
    });

test("dead downlinks and 30 % of all uplinks lost, every fourth verdict changed: each of these is sent three times or more", async (t) => {
  const node = await UpNode.join(false);
  await node.pass(day, changedEvery(4));
  node.world.tamper = () => undefined;
  node.world.loss = 0.3;
  const first = node.outbox.nextSequence;
  await node.pass(7 * day, changedEvery(4));
  const important = Array.from({ length: 672 }, (_, i) => i).filter((i) => (96 + i) % 4 === 0);
  const got = important.filter((i) => node.got.has(first + i)).length;
  const others = [...node.got.keys()].filter((sequence) => sequence >= first).length - got;
  t.log(`${got} of ${important.length} changed verdicts, ${others} of ${672 - important.length} others`);
  t.true(got >= 0.96 * important.length);
  t.true(others >= 0.65 * (672 - important.length));
});

const pauses: [what: string, days: number, begin: (node: UpNode) => void][] = [
  ["three days of dead downlinks", 3, ({ world }) => void (world.tamper = () => undefined)],
  ["a week of gateways without airtime for downlinks", 7, ({ world }) => void (world.sends = () => false)],
];

for (const [what, days, begin] of pauses)
  for (const names of [false, true])
    test(`after ${what} ${names ? "loam's cloud" : "a network server"} acknowledges all that was kept`, async (t) => {
      const node = await UpNode.join(names);
      await node.pass(day, changedEvery(6));
      begin(node);
      await node.pass(days * day, changedEvery(6));
      const kept = node.outbox.count;
      t.true(kept > 40, `${kept}`);
      node.world.tamper = undefined;
      node.world.sends = () => true;
      const uplinks = node.world.uplinksOnAir.length;
      await node.pass(day, changedEvery(6));
      t.log(`${kept} kept, ${node.world.uplinksOnAir.length - uplinks} uplinks in the day after`);
      t.true(node.outbox.count <= (names ? 8 : 1), `${node.outbox.count}`);
      t.is(node.got.size, node.made);
      t.is(node.dropped, 0);
    });
