import test from "ava";
import { decodeReceived, encodeReceived, importance, ports, type Importance } from "../../device/codec/codec.js";
import { FieldReader, FieldWriter } from "../../device/flash/fields.js";
import { mostSends } from "../../device/outbox/memos.js";
import { Outbox } from "../../device/outbox/outbox.js";
import { Memory } from "../../host-tools/cloud/memory.js";
import { acknowledgement, namedBy } from "../../host-tools/gateway/acknowledger.js";
import { NorFlash } from "../flash/norflash.js";
import { everyMs, UpNode } from "./upnode.js";

const day = 86_400_000;

test("a cloud that names payloads is asked once for many, and nothing is lost with 30 % of all frames lost", async (t) => {
  const share = new Map<boolean, number>();
  for (const names of [true, false]) {
    const node = await UpNode.join(names, { seed: "turns" });
    node.world.loss = 0.3;
    await node.pass(2 * day, () => importance.changedReport);
    node.world.loss = 0;
    // The last ones are asked about an hour later.
    for (let i = 0; i < 12; i++) await node.world.time.pass(everyMs);
    t.is(node.got.size, node.made, `names ${names}`);
    t.is(node.outbox.count, 0);
    share.set(names, node.confirmed / node.made);
  }
  t.log(
    `confirmed uplinks a payload: ${share.get(true)!.toFixed(2)}; each acknowledged on its own: ${share.get(false)!.toFixed(2)}`,
  );
  t.true(share.get(true)! < 0.5 * share.get(false)!);
});

test("a cloud that stops to name payloads: after three bare acknowledgements each payload is confirmed on its own", async (t) => {
  const node = await UpNode.join(true);
  await node.pass(day / 2, () => importance.changedReport);
  node.names = false;
  await node.pass(day / 2, () => importance.changedReport);
  const before = node.confirmed;
  await node.pass(day / 4, () => importance.changedReport);
  t.is(node.confirmed - before, 24);
  await node.world.time.pass(day / 8);
  t.is(node.outbox.count, 0);
  t.is(node.got.size, node.made);
});

test("a payload that ends the wait for a repetition leaves no timer behind: each takes a kilobyte of the chip's memory", async (t) => {
  const node = await UpNode.join(true);
  for (let i = 0; i < 200; i++) {
    node.put(i % 5 === 0 ? importance.changedReport : importance.unchangedReport);
    await node.world.time.pass(60_000);
  }
  t.true(node.got.size > 100);
  t.true(node.mostWaits <= 3, `${node.mostWaits} timers`);
});

test("an acknowledged payload counts for a script's probation, whether its frame was or a cloud names it", async (t) => {
  const node = await UpNode.join(true);
  node.put(importance.update);
  await node.world.time.pass(everyMs);
  t.true(node.acknowledged > 0);
  const before = node.acknowledged;
  // Unconfirmed now; the next one asks.
  node.put(importance.update);
  await node.world.time.pass(everyMs);
  t.is(node.acknowledged, before);
  await node.world.time.pass(2 * 3_600_000);
  t.true(node.acknowledged > before);
});

test("a decision acknowledges its deferral: no confirmed uplink, and it is not repeated", async (t) => {
  const node = await UpNode.join(true);
  node.put(importance.changedReport);
  await node.world.time.pass(everyMs);
  const before = node.world.uplinksOnAir.length;
  const confirmed = node.confirmed;
  const sequence = node.put(importance.deferral);
  void node.world.server.sendDownlink(
    "0004a30b001c0530",
    ports.decision,
    Uint8Array.of(0x10, sequence >> 8, sequence, 1, 200),
  );
  await node.world.time.pass(3 * everyMs);
  t.is(node.outbox.count, 0);
  t.is(node.world.uplinksOnAir.length, before + 1);
  t.is(node.confirmed, confirmed);
});

test("a node that is reset by each of its transmissions gives every payload a turn", async (t) => {
  const node = await UpNode.join(false);
  node.world.tamper = () => undefined;
  for (let i = 0; i < 4; i++) node.put((i % 2) as Importance);
  await node.world.time.pass(1);
  for (let reset = 0; reset < 40; reset++) {
    // Ends during the transmission, as what was committed right before it says.
    const memory = node.retained();
    node.outbox.setInFlight(-1);
    node.boot(memory);
    await node.world.time.pass(60_000);
    node.kick();
    await node.world.time.pass(500);
  }
  t.deepEqual([...node.got.keys()].sort(), [0, 1, 2, 3]);
});

const payload = new Uint8Array(12);
const sequences = (outbox: Outbox): number[] => {
  const all: number[] = [];
  for (let item = outbox.next(); item; item = outbox.next()) {
    all.push(item.sequence);
    outbox.countSend(item.sequence, 1);
    if (item.importance === 0) outbox.keep(item.sequence);
  }
  return all;
};

test("new payloads have their turn by importance and age, repetitions by how often they were sent", (t) => {
  const outbox = new Outbox(new NorFlash(4), 16384);
  for (const weight of [0, 2, 1, 2, 3, 0] as const) outbox.put(10, weight, payload);
  t.deepEqual(sequences(outbox), [4, 1, 3, 2, 0, 5]);
  const repeats: number[] = [];
  for (let i = 0; i < 12; i++) {
    const { sequence } = outbox.nextRepeat()!;
    repeats.push(sequence);
    outbox.countSend(sequence, 1);
  }
  // Twice more each, then in turn for as long as nothing answers.
  t.deepEqual(repeats, [4, 1, 3, 2, 4, 1, 3, 2, 1, 2, 3, 4]);
  t.is(outbox.nextRepeat()!.sends, mostSends);
  // The network answers: all have their turn again.
  outbox.renew();
  t.deepEqual(sequences(outbox), [0, 5]);
  t.is(outbox.nextRepeat()!.sends, 1);
});

test("an acknowledgement removes what it names and was sent, in sequence numbers of 16 bits", (t) => {
  const flash = new NorFlash(4);
  const outbox = new Outbox(flash, 16384);
  for (let i = 0; i < 65_530; i++) {
    outbox.put(10, 0, payload);
    outbox.remove(i);
  }
  for (let i = 0; i < 12; i++) outbox.put(10, 2, payload);
  for (let i = 65_530; i < 65_540; i++) outbox.countSend(i, 1);
  // 65,531, 2 (65,538) and 4 (65,540), which was not sent.
  t.true(outbox.acknowledge({ first: 65_531, map: Uint8Array.of(0b10000001, 0b10) }));
  const left = [65_530, 65_532, 65_533, 65_534, 65_535, 65_536, 65_537, 65_539, 65_540, 65_541];
  t.is(outbox.count, left.length);
  t.false(outbox.acknowledge({ first: 100, map: new Uint8Array(32).fill(255) }));
  t.is(outbox.count, left.length);
});

test("how often payloads were sent outlasts a reset; what was stored for others does not matter", (t) => {
  const flash = new NorFlash(4);
  const outbox = new Outbox(flash, 16384);
  for (let i = 0; i < 150; i++) outbox.put(10, 2, payload, i % 3 === 0 ? i : undefined);
  for (let i = 0; i < 150; i++) for (let n = 0; n < i % 4; n++) outbox.countSend(i, 1);
  for (let i = 20; i < 90; i++) outbox.remove(i);
  const writer = new FieldWriter();
  outbox.layout(writer);
  const memory = writer.result();
  // Ends after these, before it was stored again.
  outbox.remove(3);
  outbox.put(10, 2, payload);
  const again = new Outbox(flash, 16384);
  again.layout(new FieldReader(memory));
  const sends: number[][] = [];
  for (let item = again.next() ?? again.nextRepeat(); item; item = again.next() ?? again.nextRepeat()) {
    sends.push([item.sequence, item.sends, item.made ?? -1]);
    again.remove(item.sequence);
  }
  const expected = [...Array.from({ length: 20 }, (_, i) => i), ...Array.from({ length: 60 }, (_, i) => 90 + i)]
    .filter((i) => i !== 3)
    .map((i) => [i, i % 4, i % 3 === 0 ? i : -1]);
  t.deepEqual(
    sends.sort((a, b) => a[0]! - b[0]!),
    [...expected, [150, 0, -1]],
  );
  t.true(memory.length < 700, `${memory.length} bytes`);
});

test("a full outbox makes room by what had its turns, then by unconfirmed payloads, never by what was not sent", (t) => {
  const flash = new NorFlash(2);
  const outbox = new Outbox(flash, flash.byteLength);
  let made = 0;
  while (outbox.put(10, 2, payload)) made++;
  outbox.takeDropped();
  t.false(outbox.put(10, 2, payload), "nothing was sent");
  t.is(outbox.takeDropped(), 1);
  for (let n = 0; n < mostSends; n++) outbox.countSend(5, 1);
  outbox.countSend(6, 1);
  t.true(outbox.put(10, 0, payload), "5 had its turns");
  t.is(outbox.takeDropped(), 0);
  t.true(outbox.put(10, 2, payload), "the unconfirmed one");
  t.is(outbox.takeDropped(), 1);
  t.false(outbox.put(10, 0, payload), "6 was sent once: only for what must be acknowledged");
  outbox.takeDropped();
  t.true(outbox.put(10, 2, payload), "6");
  t.is(outbox.count, made);
  t.is(outbox.next()!.sequence, 0);
});

test("a node whose downlinks are dead for months erases at most 12 blocks a day in the smallest outbox", (t) => {
  const flash = new NorFlash(2);
  const outbox = new Outbox(flash, flash.byteLength);
  const days = 60;
  let lost = 0;
  for (let i = 0; i < days * 96; i++) {
    if (!outbox.put(10, i % 3 === 0 ? 2 : 0, payload)) lost++;
    for (let item = outbox.next(); item; item = outbox.next()) {
      outbox.countSend(item.sequence, 1);
      if (item.importance === 0) outbox.remove(item.sequence);
    }
    for (let n = 0; n < 2; n++) {
      const repeat = outbox.nextRepeat();
      if (repeat) outbox.countSend(repeat.sequence, 1);
    }
  }
  t.log(`${(flash.erasedBlocks / days).toFixed(1)} erases a day, ${outbox.count} payloads kept`);
  t.is(lost, 0);
  t.is(outbox.takeDropped(), 0);
  t.true(flash.erasedBlocks <= 12 * days);
});

test("what a cloud names: the payloads before the newest, those after one that is repeated, over the end of 16 bits", (t) => {
  const names = (known: number[], about: number, most = 32) => {
    const bytes = encodeReceived(acknowledgement(known, about, most));
    const first = (bytes[1]! << 8) | bytes[2]!;
    const found: number[] = [];
    for (let i = 0; i < 8 * (bytes.length - 3); i++)
      if ((bytes[3 + (i >> 3)]! >> (i & 7)) & 1) found.push((first + i) & 0xffff);
    t.deepEqual(namedBy(decodeReceived(bytes)), found);
    return found;
  };
  t.deepEqual(names([7], 7), [7]);
  t.deepEqual(names([], 7), [7]);
  t.deepEqual(names([1, 40, 65, 70, 71], 71), [40, 65, 70, 71]);
  t.deepEqual(names([65_530, 65_535, 0, 2], 2), [65_530, 65_535, 0, 2]);
  t.deepEqual(names([5, 10, 12, 70, 900], 10), [10, 12, 70]);
  t.deepEqual(names([5, 10, 12, 70, 900], 10, 1), [10, 12]);
  t.is(acknowledgement([7], 7, 32).map.length, 1);
  t.deepEqual([...encodeReceived({ first: 0x1234, map: Uint8Array.of(5) })], [0x10, 0x12, 0x34, 5]);
});

test("a cloud names nothing of the time before a node's flash was erased, whatever of the new numbers was lost or came late", (t) => {
  const devEui = "0004a30b001c0530";
  let named = 0;
  for (let lost = 0; lost < 64; lost++) {
    const memory = new Memory();
    const receive = (sequence: number, time: number): void =>
      memory.remember(devEui, { kind: "report", sequence, time, label: 0, confidence: 0.9, actions: 0, count: 1 });
    // The old numbers came to 40, the last two in the wrong order.
    for (const sequence of [...Array.from({ length: 39 }, (_, i) => i), 40, 39])
      receive(sequence, 1.7e9 + 900 * sequence);
    // Of the new ones some are lost, the first one comes last.
    const came = [1, 2, 3, 4, 5, 6].filter((sequence) => !((lost >> (sequence - 1)) & 1));
    for (const sequence of [...came, 0]) receive(sequence, 1.71e9 + 900 * sequence);
    const known = [...memory.sequences(devEui)].sort((a, b) => a - b);
    t.deepEqual(known, [0, ...came]);
    named += known.length;
  }
  t.is(named, 64 * 4);
});

test("a network that answers in RX2 alone: all is acknowledged, with and without a cloud that names payloads", async (t) => {
  for (const names of [true, false]) {
    const node = await UpNode.join(names, { window: 2, seed: "rx2" });
    await node.pass(day, () => importance.changedReport);
    for (let i = 0; i < 8; i++) await node.world.time.pass(everyMs);
    t.is(node.got.size, node.made);
    t.is(node.outbox.count, 0, `names ${names}`);
    t.is(Math.max(...node.got.values()), 1, `names ${names}: nothing is repeated`);
    t.is(node.confirmed < 0.2 * node.made, names);
  }
});

test("acknowledgements that were on the air before, replayed after a power cut: they remove nothing", async (t) => {
  const node = await UpNode.join(true);
  const { world } = node;
  const recorded: Uint8Array[] = [];
  world.tamper = (bytes) => (recorded.push(bytes), bytes);
  await node.pass(day, () => importance.changedReport);
  t.true(recorded.length >= 4);
  world.tamper = undefined;
  let replayed = 0;
  world.sends = ({ time, frequency, sf, bandwidth }) => {
    world.inject(recorded[replayed++ % recorded.length]!, { frequency, spreadingFactor: sf, bandwidth }, time / 1000);
    return false;
  };
  node.restart();
  const [acknowledged, waiting] = [node.acknowledged, node.outbox.count];
  await node.pass(day / 2, () => importance.changedReport);
  t.true(replayed > 10, `${replayed}`);
  t.is(node.acknowledged, acknowledged);
  t.is(node.outbox.count, waiting + 48);
  // The network itself again: nothing was lost.
  world.sends = () => true;
  await node.pass(day / 2, () => importance.changedReport);
  for (let i = 0; i < 12; i++) await world.time.pass(everyMs);
  t.is(node.outbox.count, 0);
  t.is(node.got.size, node.made);
});

test("power cuts between any two uplinks, with what RTC memory has and without: nothing is lost, and nothing waits in the end", async (t) => {
  const node = await UpNode.join(true, { loss: 0.2, seed: "cuts" });
  for (let i = 0; i < 96; i++) {
    await node.pass(everyMs, () => importance.changedReport);
    if (i % 3 === 0) node.restart(i % 2 === 0 ? node.retained() : undefined);
  }
  node.world.loss = 0;
  for (let i = 0; i < 16; i++) {
    node.kick();
    await node.world.time.pass(everyMs);
  }
  t.is(node.outbox.count, 0);
  t.is(node.got.size, node.made);
  t.is(node.dropped, 0);
});
