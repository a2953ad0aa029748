import test from "ava";
import { adrAckDelay, adrAckLimit } from "../../device/lorawan/adr.js";
import type { DownlinkInfo, LinkOptions, RadioEvent } from "../../device/lorawan/types.js";
import type { LoRaWAN } from "../../device/lorawan/lorawan.js";
import type { Uplink } from "../../host-tools/gateway/types.js";
import { loraPacket, decryptPayload, encodeDownlink } from "../../host-tools/gateway/packets.js";
import { NorFlash } from "../flash/norflash.js";
import { World, abp, airtime, otaa, type WorldOptions } from "./simulation.js";

const keys = {
  devAddr: Buffer.from(abp.devAddr, "hex"),
  nwkSKey: Buffer.from(abp.nwkSKey, "hex"),
  appSKey: Buffer.from(abp.appSKey, "hex"),
};

interface Rig {
  world: World;
  link: LoRaWAN;
  flash: NorFlash;
  events: RadioEvent[];
  /** MAC commands of the n-th uplink from the end (0: the last), hexadecimal: its FOpts, or its payload on port 0. */
  answers(back?: number): string;
  /** Queues the requests, lets a confirmed uplink fetch them and one more carry the answers. @returns those answers */
  ask(requests: string): Promise<string>;
  send(bytes?: number, confirmed?: boolean): ReturnType<LoRaWAN["send"]>;
}

function rig(options: Partial<LinkOptions> = {}, worldOptions: WorldOptions = {}): Rig {
  const region = options.region ?? "EU868";
  const world = new World(region, { adr: false, ...worldOptions });
  world.server.addDevice({ devEui: otaa.devEui, ...abp });
  const flash = new NorFlash();
  const { link, events } = world.node({ region, credentials: abp, flash, dataRate: 5, ...options });
  const answers = (back = 0) => {
    const packet = loraPacket.fromWire(Buffer.from(world.uplinksOnAir.at(-1 - back)!.payload));
    const counter = packet.getFCnt()!;
    return (packet.getFPort() === 0 ? decryptPayload(packet, keys, counter) : packet.FOpts!).toString("hex");
  };
  const send = (bytes = 1, confirmed = false) => world.time.during(link.send(1, Buffer.alloc(bytes), { confirmed }));
  const ask = async (requests: string) => {
    world.server.sendCommands(otaa.devEui, Buffer.from(requests, "hex"));
    await send(1, true);
    await send();
    return answers();
  };
  return { world, link, flash, events, answers, ask, send };
}

/** Hz as a command carries them. */
function frequency(hertz: number): string {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE(hertz / 100, 0, 3);
  return bytes.toString("hex");
}

/** Requests and the answers that TS001-1.0.4 section 5 demands, on EU868 with its three default channels. */
const table: [what: string, requests: string, answers: string][] = [
  ["LinkADRReq: DR3, power 1, channels 0-2, NbTrans 2", "0331070002", "0307"],
  ["LinkADRReq: DR and power 15 stay as they are", "03ff070001", "0307"],
  ["LinkADRReq: a channel that is not defined", "0331080001", "0306"],
  ["LinkADRReq: no channel left", "0331000001", "0304"],
  ["LinkADRReq: data rate of no channel", "0391070001", "0305"],
  ["LinkADRReq: power that the region lacks", "033c070001", "0303"],
  ["LinkADRReq: unknown mask control", "0331070031", "0306"],
  ["LinkADRReq: two are one, the last one's data rate counts", "03f1070000" + "0351070001", "03070307"],
  ["DutyCycleReq", "0400", "04"],
  ["RXParamSetupReq: offset 1, RX2 DR3, 869.525 MHz", "0513d2ad84", "0507"],
  ["RXParamSetupReq: frequency out of the band", "0513000000", "0506"],
  ["RXParamSetupReq: offset 7 and data rate 15", "057fd2ad84", "0501"],
  ["DevStatusReq: battery unknown, SNR 5 dB", "06", "06ff05"],
  ["NewChannelReq: channel 3 at 867.1 MHz, DR0-5", "0703184f8450", "0703"],
  ["NewChannelReq: a default channel", "0700184f8450", "0700"],
  ["NewChannelReq: out of the band", "070300000150", "0702"],
  ["NewChannelReq: 868.65 MHz, between two bands", "0703" + frequency(868650000) + "50", "0702"],
  ["NewChannelReq: 869.3 MHz, kept for alarms", "0703" + frequency(869300000) + "50", "0702"],
  ["NewChannelReq: 869.525 MHz, the band of 10 %", "0703" + frequency(869525000) + "50", "0703"],
  ["NewChannelReq: slowest above fastest", "0703184f8405", "0701"],
  ["NewChannelReq: channel 16", "0710184f8450", "0700"],
  ["RXTimingSetupReq: 0 is 1 second", "0800", "08"],
  ["TxParamSetupReq is not for EU868: no answer", "0905", ""],
  ["DlChannelReq: channel 0 answered at 869.525 MHz", "0a00d2ad84", "0a03"],
  ["DlChannelReq: a channel that is not there", "0a09d2ad84", "0a01"],
  ["an unknown command ends the reading", "04008004", "04"],
  ["a command cut short ends the reading", "04000513", "04"],
];
for (const [what, requests, answers] of table) {
  test(what, async (t) => {
    const node = rig();
    t.is(await node.ask(requests), answers);
  });
}

test("AS923: the downlink's dwell time decides where RX1 is for the slowest uplinks", async (t) => {
  for (const [request, rate] of [
    ["0905", 0],
    ["0925", 2],
  ] as const) {
    const node = rig({ region: "AS923-1", dataRate: 2 });
    await node.ask(request);
    t.is(await node.ask("0300030001"), "0307");
    t.like(await node.send(1, true), { acknowledged: true, dataRate: 0 });
    t.is(node.events.findLast(({ kind }) => kind === "downlink")!.dataRate, rate);
  }
});

test("a node that chooses its own data rate and power takes the mask and NbTrans alone", async (t) => {
  const node = rig({ adr: false });
  t.is(await node.ask("0331010002"), "0301");
  t.is(await node.ask("0350010002"), "0307");
  t.is(await node.ask("03ff010003"), "0307");
  t.like(await node.send(), { dataRate: 5, transmissions: 3 });
  for (const { modulation, power } of node.world.uplinksOnAir.slice(-3))
    t.deepEqual([modulation.frequency, power], [868100000, 16]);
});

test("TxParamSetupReq on AS923: dwell times and power", async (t) => {
  const node = rig({ region: "AS923-1", dataRate: 5 });
  t.is(await node.ask("0900"), "09");
  await node.send();
  t.is(node.world.uplinksOnAir.at(-1)!.power, 8);
});

test("new channels are used, a mask holds, power and data rate are the network's", async (t) => {
  const node = rig();
  await node.ask("0703184f8450");
  await node.ask("0342080001");
  for (let i = 0; i < 5; i++) {
    await node.send();
    t.like(node.world.uplinksOnAir.at(-1)!, {
      modulation: { frequency: 867100000, spreadingFactor: 8, bandwidth: 125000 },
      power: 12,
    });
  }
});

test("KR920: 10 dBm below 922 MHz, 14 above", async (t) => {
  const node = rig({ region: "KR920" });
  await node.ask(`0703${frequency(921100000)}50`);
  t.is(node.world.uplinksOnAir.at(-1)!.power, 14);
  await node.ask("03ff080001");
  await node.send();
  t.like(node.world.uplinksOnAir.at(-1)!, { power: 10, modulation: { frequency: 921100000 } });
});

test("the antenna's gain is taken off the power", async (t) => {
  const node = rig({ antennaGain: 3 });
  await node.send();
  t.is(node.world.uplinksOnAir.at(-1)!.power, 13);
});

test("sticky answers are repeated until a downlink comes; the others are said once", async (t) => {
  const node = rig();
  node.world.server.sendCommands(otaa.devEui, Buffer.from("0400" + "0513d2ad84" + "0801", "hex"));
  await node.send(1, true);
  node.world.outage = true;
  await node.send();
  t.is(node.answers(), "0507" + "08" + "04");
  await node.send();
  t.is(node.answers(), "050708");
  await node.send();
  t.is(node.answers(), "050708");
  node.world.outage = false;
  await node.send();
  t.is(node.answers(), "050708", "the server answers these even when nothing else is to be said");
  await node.send();
  t.is(node.answers(), "");
});

test("sticky answers survive a restart", async (t) => {
  const node = rig();
  node.world.server.sendCommands(otaa.devEui, Buffer.from("0801", "hex"));
  await node.send(1, true);
  const { link } = node.world.node({ region: "EU868", credentials: abp, flash: node.flash }, 0, node.world.time.now);
  await node.world.time.during(link.send(1, Buffer.alloc(1)));
  t.is(node.answers(), "08");
});

test("more answers than FOpts holds go ahead on port 0, in as many frames as it takes", async (t) => {
  const node = rig({ dataRate: 0 });
  // RX2 at DR5 carries so many requests.
  await node.ask("0505d2ad84");
  const requests = Array.from({ length: 13 }, (_, i) => `07${(i + 3).toString(16).padStart(2, "0")}184f8450`).join("");
  node.world.server.sendCommands(otaa.devEui, Buffer.from(requests + "06".repeat(20), "hex"));
  await node.send(1, true);
  const before = node.world.uplinksOnAir.length;
  await node.send(51);
  const ports = node.world.uplinksOnAir
    .slice(before)
    .map(({ payload }) => loraPacket.fromWire(Buffer.from(payload)).getFPort());
  t.deepEqual(ports, [0, 0, 1]);
  t.is(node.answers(2) + node.answers(1), "0703".repeat(13) + "06ff05".repeat(20));
});

test("LinkCheckReq and DeviceTimeReq are answered", async (t) => {
  const checks: number[][] = [];
  const times: [number, number][] = [];
  const node = rig(
    {
      onLinkCheck: (margin, gateways) => checks.push([margin, gateways]),
      onTime: (seconds, at) => times.push([seconds, at]),
    },
    { gateways: 2, epoch: 1800000000 },
  );
  node.link.requestLinkCheck();
  node.link.requestTime();
  node.link.requestTime();
  await node.send();
  t.is(node.answers(), "020d");
  t.deepEqual(checks, [[25, 2]]);
  t.is(times.length, 1);
  t.true(Math.abs(times[0]![0] - 1800000000 - times[0]![1] / 1000) < 0.005);
});

test("NbTrans: the same frame again on other channels until a downlink comes", async (t) => {
  const node = rig();
  await node.ask("0350070003");
  const before = node.world.uplinksOnAir.length;
  t.like(await node.send(), { transmissions: 3 });
  const repeated = node.world.uplinksOnAir.slice(before);
  t.is(repeated.length, 3);
  t.is(new Set(repeated.map(({ payload }) => Buffer.from(payload).toString("hex"))).size, 1);
  for (let i = 1; i < 3; i++) {
    t.not(repeated[i]!.modulation.frequency, repeated[i - 1]!.modulation.frequency);
    // RX2 opens two seconds after the end; RETRANSMIT_TIMEOUT is one to three more.
    const gap =
      repeated[i]!.end - airtime(repeated[i]!.modulation, repeated[i]!.payload.length, true) - repeated[i - 1]!.end;
    t.true(gap >= 3000 && gap <= 5500, `${gap} ms`);
  }
  t.like(await node.send(1, true), { transmissions: 1, acknowledged: true });
  node.world.outage = true;
  t.like(await node.send(1, true), { transmissions: 3, acknowledged: false });
});

test("the ADR bit says who chooses; the radio sleeps after each pair of windows", async (t) => {
  for (const adr of [true, false]) {
    const node = rig({ adr });
    for (let i = 0; i < 3; i++) await node.send();
    for (const { payload } of node.world.uplinksOnAir)
      t.is(loraPacket.fromWire(Buffer.from(payload)).getFCtrlADR(), adr);
    t.is(node.world.sleeps, 3);
  }
});

test("a lost acknowledgement: the retransmission is acknowledged again and delivered once", async (t) => {
  const uplinks: Uplink[] = [];
  const node = rig({}, { onUplink: (uplink) => void uplinks.push(uplink) });
  await node.ask("0350070003");
  let lose = 2;
  node.world.tamper = (payload) => (lose-- > 0 ? undefined : payload);
  uplinks.length = 0;
  const before = node.world.server.statistics.retransmissions;
  t.like(await node.send(1, true), { transmissions: 3, acknowledged: true });
  t.is(uplinks.length, 1);
  t.is(node.world.server.statistics.retransmissions - before, 2);
});

test("confirmed downlinks are acknowledged with the next uplink, and made again when that was lost", async (t) => {
  const downlinks: [number, DownlinkInfo][] = [];
  const node = rig({ onDownlink: (port, _payload, info) => downlinks.push([port, info]) });
  const done = node.world.server.sendDownlink(otaa.devEui, 20, Buffer.of(1), true);
  void node.world.server.sendDownlink(otaa.devEui, 21, Buffer.of(2));
  await node.send();
  t.like(downlinks, [[20, { pending: true, counter: 0 }]]);
  await node.send();
  t.true(await done);
  t.like(downlinks, [
    [20, { counter: 0 }],
    [21, { pending: false, counter: 1 }],
  ]);
});

test("ADR back-off: asks after 64 silent uplinks, then full power, slower step by step, all channels and one transmission; an answer ends it", async (t) => {
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

/** Sends a confirmed uplink that is answered in RX1 by a downlink of somebody's making, without acknowledgement. */
async function answered(node: Rig, bytes: number, options: Buffer): ReturnType<LoRaWAN["send"]> {
  node.world.outage = true;
  const done = node.link.send(1, Buffer.alloc(bytes), { confirmed: true });
  const before = node.world.uplinksOnAir.length;
  while (node.world.uplinksOnAir.length === before) await node.world.time.pass(1);
  const { modulation, end } = node.world.uplinksOnAir.at(-1)!;
  const downlink = encodeDownlink(keys, {
    counter: 1000,
    confirmed: false,
    ack: false,
    pending: false,
    adr: true,
    options,
    port: undefined,
    payload: Buffer.alloc(0),
  });
  node.world.inject(downlink, modulation, end + 1000);
  return node.world.time.during(done);
}

test("a downlink without the ACK bit acknowledges nothing; its data rate holds for the repetition, unless the frame is too long for it", async (t) => {
  for (const [bytes, spreadingFactor] of [
    [10, 12],
    [200, 7],
  ] as const) {
    const node = rig();
    await node.ask("0350070002");
    // LinkADRReq: DR0, power 0, channels 0 to 2, NbTrans 2.
    t.like(await answered(node, bytes, Buffer.from("0300070002", "hex")), {
      sent: true,
      acknowledged: false,
      transmissions: 2,
    });
    t.is(node.world.uplinksOnAir.at(-1)!.modulation.spreadingFactor, spreadingFactor);
    t.like(await node.send(), { dataRate: 0 });
  }
});

test("a data rate that falls while answers go ahead: the payload that no longer fits is refused, not sent", async (t) => {
  const node = rig();
  node.world.server.sendCommands(otaa.devEui, Buffer.from("06".repeat(20), "hex"));
  await node.send(1, true);
  node.world.server.sendCommands(otaa.devEui, Buffer.from("0300070001", "hex"));
  const before = node.world.uplinksOnAir.length;
  t.like(await node.send(200), { sent: false, reason: "tooLong", maxPayload: 51 });
  const ports = node.world.uplinksOnAir
    .slice(before)
    .map(({ payload }) => loraPacket.fromWire(Buffer.from(payload)).getFPort());
  t.deepEqual(ports, [0]);
});

test("the network's ADR brings a strong node to its fastest data rate and less power", async (t) => {
  const node = rig({ dataRate: 0 }, { adr: true, snr: 12 });
  for (let i = 0; i < 30; i++) {
    await node.send();
    await node.world.time.pass(300000);
  }
  t.is(node.world.uplinksOnAir.at(-1)!.modulation.spreadingFactor, 7);
  t.true(node.world.uplinksOnAir.at(-1)!.power < 16);
});
