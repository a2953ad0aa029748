import { PassThrough } from "node:stream";
import test from "ava";
import { Air, type AirPacket } from "../../host-tools/air/index.js";
import { destroys, draw, snrFloor } from "../../host-tools/air/physics.js";
import { Medium } from "../../host-tools/air/medium.js";
import { packet } from "./packet.js";

/** Source: Goursaud and Gorce 2015 for levels, Bor et al. 2016 for the preamble. */
const encounters: [string, Partial<AirPacket>, otherRssi: number, rssi: number, destroyed: boolean][] = [
  ["equal strength, same spreading factor", {}, -100, -100, true],
  ["6 dB stronger captures", {}, -106, -100, false],
  ["5 dB stronger does not", {}, -105, -100, true],
  ["another spreading factor, 10 dB stronger", { sf: 9 }, -90, -100, false],
  ["another spreading factor, 20 dB stronger", { sf: 9 }, -80, -100, true],
  ["another channel", { frequency: 868300000 }, -60, -100, false],
  ["other polarity", { invertIQ: true }, -60, -100, false],
  ["over before the packet", { start: -60000, end: 0 }, -60, -100, false],
  ["over three symbols into the preamble", { start: -60000, end: 3072 }, -60, -100, false],
  ["over later in the preamble", { start: -60000, end: 4000 }, -60, -100, true],
];
for (const [name, changes, otherRssi, rssi, destroyed] of encounters) {
  test(`collision: ${name}`, (t) =>
    t.is(destroys(packet({ from: "b", ...changes }), otherRssi, packet({}), rssi), destroyed));
}

test("a packet is received down to the spreading factor's SNR floor, and not below", (t) => {
  for (const sf of [7, 9, 12]) {
    const noise = -174 + 6 + 10 * Math.log10(125000);
    for (const [margin, expected] of [
      [0.5, "good"],
      [-0.5, "lost"],
    ] as const) {
      const medium = new Medium({ pathLoss: () => 14 - (noise + snrFloor(sf) + margin) });
      const sent = medium.add(packet({ sf }), { x: 0, y: 0 });
      t.is(medium.receive(sent, "g", { x: 0, y: 0 }), expected);
    }
  }
});

test("random losses have the given probability, and depend only on names and time", (t) => {
  let lost = 0;
  for (let i = 0; i < 10000; i++) if (draw(1, "loss", "n", i, "g") < 0.1) lost++;
  t.true(lost > 900 && lost < 1100, `${lost}`);
  t.is(draw(1, "loss", "n", 5, "g"), draw(1, "loss", "n", 5, "g"));
});

test("a gateway sends one packet at a time, in any order of requests, and receives nothing meanwhile", async (t) => {
  const air = new Air({ pathLoss: () => 100 });
  const heard: string[] = [];
  const gateway = air.addGateway({
    id: "gateway",
    onPacket: (received) => void heard.push(`${received.from} ${received.start}`),
  });
  const other = air.addGateway({ id: "node" });
  const outgoing = { frequency: 868100000, sf: 7, bandwidth: 125000, power: 14, payload: new Uint8Array(10) };
  t.true(gateway.transmit(2e6, outgoing));
  t.false(gateway.transmit(2010000, outgoing), "in the middle of the other");
  t.false(gateway.transmit(1980000, outgoing), "would run into the other");
  t.true(gateway.transmit(1.5e6, outgoing), "before it");
  for (const start of [1e6, 2.03e6, 3e6])
    t.true(other.transmit(start, { ...outgoing, frequency: 867100000, invertIQ: false }));
  await new Promise<void>((resolve) => air.at(5e6, resolve));
  t.deepEqual(heard, ["node 1000000", "node 3000000"]);
  t.is(air.statistics.halfDuplex, 1);
  t.false(gateway.transmit(1e6, outgoing), "in the past");
  gateway.setOnline(false);
  t.false(gateway.transmit(9e6, outgoing), "off");
});

test("gateways have clock and carrier errors, too", async (t) => {
  const air = new Air({ pathLoss: () => 100 });
  const heard: AirPacket[] = [];
  const slow = air.addGateway({ id: "slow", ppm: -20, onPacket: (received) => void heard.push(received) });
  const right = air.addGateway({ id: "right", onPacket: (received) => void heard.push(received) });
  const outgoing = {
    frequency: 868000000,
    sf: 7,
    bandwidth: 125000,
    power: 14,
    payload: new Uint8Array(10),
    invertIQ: false,
  };
  t.true(right.transmit(1e9, outgoing));
  t.true(slow.transmit(2e9, outgoing));
  await new Promise<void>((resolve) => air.at(3e9, resolve));
  const [one, other] = heard as [AirPacket, AirPacket];
  t.is(Math.round(one.start), 1e9 - 20000);
  t.is(Math.round(one.frequency), 868017360);
  t.is(Math.round(other.start), 2e9 + 40001);
  t.is(Math.round(other.frequency), 867982640);
  t.true(Math.abs(slow.now() - air.now * 0.99998) < 1);
  t.true(slow.transmit(slow.now(), outgoing));
});

for (const broken of ["output", "input"] as const)
  test(`a program whose ${broken} breaks has left the air, which goes on`, async (t) => {
    const air = new Air();
    const pipes = { output: new PassThrough(), input: new PassThrough() };
    air.nodePort("node").attach(pipes.output, pipes.input);
    const passed = new Promise<void>((resolve) => air.at(1e6, resolve));
    pipes[broken].destroy(new Error("ECONNRESET"));
    await passed;
    t.is(air.now, 1e6);
  });
