import test from "ava";
import { adrAckDelay, adrAckLimit } from "../../device/lorawan/adr.js";
import { loraPacket } from "../../host-tools/gateway/packets.js";
import { rig } from "./rig.js";

test("a node without ADR takes only ChMask and NbTrans from a LinkADRReq", async (t) => {
  const node = rig({ adr: false });
  t.is(await node.ask("0331010002"), "0301");
  t.is(await node.ask("0350010002"), "0307");
  t.is(await node.ask("03ff010003"), "0307");
  t.like(await node.send(), { dataRate: 5, transmissions: 3 });
  for (const { modulation, power } of node.world.uplinksOnAir.slice(-3))
    t.deepEqual([modulation.frequency, power], [868100000, 16]);
});

test("NbTrans 0 is the default, 1; the network counts on it too", async (t) => {
  const node = rig();
  t.is(await node.ask("03ffff0063"), "0307");
  t.like(await node.send(), { transmissions: 3 });
  t.is(await node.ask("03ffff0060"), "0307");
  t.like(await node.send(), { transmissions: 1 });
  t.is(node.world.server.save().devices[0]!.nbTrans, 1);
});

test("the ADR bit follows the option; the radio sleeps after each pair of receive windows", async (t) => {
  for (const adr of [true, false]) {
    const node = rig({ adr });
    for (let i = 0; i < 3; i++) await node.send();
    for (const { payload } of node.world.uplinksOnAir)
      t.is(loraPacket.fromWire(Buffer.from(payload)).getFCtrlADR(), adr);
    t.is(node.world.sleeps, 3);
  }
});

test("ADR back-off: ADRACKReq after 64 unanswered uplinks, then full power, lower data rates step by step, all channels, NbTrans 1; a downlink ends it", async (t) => {
  const node = rig();
  await node.ask("0351050002");
  node.world.outage = true;
  const wantsAnswer: boolean[] = [];
  const rates: number[] = [];
  const powers: number[] = [];
  const transmissions: number[] = [];
  for (let i = 0; i < 64 + 32 * 8; i++) {
    const result = await node.send();
    rates.push(result.sent ? result.dataRate : -1);
    transmissions.push(result.sent ? result.transmissions : 0);
    powers.push(node.world.uplinksOnAir.at(-1)!.power);
    wantsAnswer.push(
      loraPacket.fromWire(Buffer.from(node.world.uplinksOnAir.at(-1)!.payload)).getFCtrlADRACKReq() === true,
    );
    await node.world.time.pass(600000);
  }
  // One silent uplink came before: the one that carried the answer.
  t.is(wantsAnswer.indexOf(true), adrAckLimit - 1);
  t.is(powers.indexOf(16), adrAckLimit + adrAckDelay - 1);
  const steps = [4, 3, 2, 1, 0].map((rate) => rates.indexOf(rate));
  t.deepEqual(
    steps,
    [2, 3, 4, 5, 6].map((step) => adrAckLimit + step * adrAckDelay - 1),
  );
  t.is(transmissions.indexOf(1), adrAckLimit + 7 * adrAckDelay - 1);
  t.is(transmissions.indexOf(2), 0);
  const frequencies = () => new Set(node.world.uplinksOnAir.slice(-20).map(({ modulation }) => modulation.frequency));
  t.true(frequencies().has(868300000));
  node.world.outage = false;
  await node.send();
  await node.send();
  t.false(loraPacket.fromWire(Buffer.from(node.world.uplinksOnAir.at(-1)!.payload)).getFCtrlADRACKReq() === true);
});

test("the network's ADR moves a node with good SNR to its fastest data rate and lower power", async (t) => {
  const node = rig({ dataRate: 0 }, { adr: true, snr: 12 });
  for (let i = 0; i < 30; i++) {
    await node.send();
    await node.world.time.pass(300000);
  }
  t.is(node.world.uplinksOnAir.at(-1)!.modulation.spreadingFactor, 7);
  t.true(node.world.uplinksOnAir.at(-1)!.power < 16);
});
