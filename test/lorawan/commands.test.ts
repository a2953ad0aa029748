import test from "ava";
import { loraPacket } from "../../host-tools/gateway/packets.js";
import { abp, otaa } from "./simulation.js";
import { rig } from "./rig.js";

/** A frequency (Hz) as in MAC commands. */
function frequency(hertz: number): string {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE(hertz / 100, 0, 3);
  return bytes.toString("hex");
}

/** Requests and the answers that TS001-1.0.4 section 5 demands, on EU868 with its three default channels. */
const table: [what: string, requests: string, answers: string][] = [
  ["LinkADRReq: DR3, power 1, channels 0-2, NbTrans 2", "0331070002", "0307"],
  ["LinkADRReq: DR and power 15 leave them unchanged", "03ff070001", "0307"],
  ["LinkADRReq: a channel that is not defined", "0331080001", "0306"],
  ["LinkADRReq: no channel left", "0331000001", "0304"],
  ["LinkADRReq: data rate of no channel", "0391070001", "0305"],
  ["LinkADRReq: power that the region lacks", "033c070001", "0303"],
  ["LinkADRReq: unknown mask control", "0331070031", "0306"],
  [
    "LinkADRReq: two adjacent ones are one request with the last one's data rate",
    "03f1070000" + "0351070001",
    "03070307",
  ],
  ["DutyCycleReq", "0400", "04"],
  ["RXParamSetupReq: offset 1, RX2 DR3, 869.525 MHz", "0513d2ad84", "0507"],
  ["RXParamSetupReq: frequency out of the band", "0513000000", "0506"],
  ["RXParamSetupReq: offset 7 and data rate 15", "057fd2ad84", "0501"],
  ["DevStatusReq: battery unknown, SNR 5 dB", "06", "06ff05"],
  ["NewChannelReq: channel 3 at 867.1 MHz, DR0-5", "0703184f8450", "0703"],
  ["NewChannelReq: a default channel", "0700184f8450", "0700"],
  ["NewChannelReq: out of the band", "070300000150", "0702"],
  ["NewChannelReq: 868.65 MHz, between two bands", "0703" + frequency(868650000) + "50", "0702"],
  ["NewChannelReq: 869.3 MHz, reserved for alarms", "0703" + frequency(869300000) + "50", "0702"],
  ["NewChannelReq: 869.525 MHz, the band of 10 %", "0703" + frequency(869525000) + "50", "0703"],
  ["NewChannelReq: slowest above fastest", "0703184f8405", "0701"],
  ["NewChannelReq: channel 16", "0710184f8450", "0700"],
  ["RXTimingSetupReq: 0 means 1 second", "0800", "08"],
  ["TxParamSetupReq is not used in EU868: no answer", "0905", ""],
  ["DlChannelReq: channel 0 answered at 869.525 MHz", "0a00d2ad84", "0a03"],
  ["DlChannelReq: an undefined channel", "0a09d2ad84", "0a01"],
  ["an unknown command ends parsing", "04008004", "04"],
  ["a truncated command ends parsing", "04000513", "04"],
];
for (const [what, requests, answers] of table) {
  test(what, async (t) => {
    const node = rig();
    t.is(await node.ask(requests), answers);
  });
}

test("AS923: DownlinkDwellTime decides RX1's data rate for the slowest uplinks", async (t) => {
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

test("TxParamSetupReq on AS923: dwell times and power", async (t) => {
  const node = rig({ region: "AS923-1", dataRate: 5 });
  t.is(await node.ask("0900"), "09");
  await node.send();
  t.is(node.world.uplinksOnAir.at(-1)!.power, 8);
});

test("new channels are used, ChMask is obeyed, power and data rate are the network's", async (t) => {
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

test("antenna gain is subtracted from the power", async (t) => {
  const node = rig({ antennaGain: 3 });
  await node.send();
  t.is(node.world.uplinksOnAir.at(-1)!.power, 13);
});

test("sticky MAC answers are repeated until a downlink is received; the others are sent once", async (t) => {
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

test("sticky MAC answers survive a restart", async (t) => {
  const node = rig();
  node.world.server.sendCommands(otaa.devEui, Buffer.from("0801", "hex"));
  await node.send(1, true);
  const { link } = node.world.node({ region: "EU868", credentials: abp, flash: node.flash }, 0, node.world.time.now);
  await node.world.time.during(link.send(1, Buffer.alloc(1)));
  t.is(node.answers(), "08");
});

test("MAC answers that exceed FOpts are sent before the payload, on port 0, in as many frames as needed", async (t) => {
  const node = rig({ dataRate: 0 });
  // RX2 at DR5, since that many requests do not fit at DR0.
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

test("a data rate that drops while MAC answers are sent first: a payload that no longer fits is refused", async (t) => {
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
