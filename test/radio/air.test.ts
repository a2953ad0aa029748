import { PassThrough } from "node:stream";
import test from "ava";
import { Air, type AirPacket, type Position } from "../../host-tools/air/index.js";
import { destroys, draw, snrFloor } from "../../host-tools/air/physics.js";
import { Medium } from "../../host-tools/air/medium.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";

const packet = (changes: Partial<AirPacket>): AirPacket => ({
  start: 0,
  end: 50000,
  frequency: 868100000,
  sf: 7,
  bandwidth: 125000,
  codingRate: 5,
  invertIQ: false,
  crc: true,
  preamble: 8,
  syncWord: 0x34,
  power: 14,
  payload: new Uint8Array(10),
  from: "a",
  impairment: 0,
  ...changes,
});

/** Source: Goursaud and Gorce 2015 for levels, Bor et al. 2016 for the preamble. */
const encounters: [string, Partial<AirPacket>, otherRssi: number, rssi: number, destroyed: boolean][] = [
  ["equal strength, same factor", {}, -100, -100, true],
  ["6 dB stronger captures", {}, -106, -100, false],
  ["5 dB stronger does not", {}, -105, -100, true],
  ["another factor, 10 dB stronger", { sf: 9 }, -90, -100, false],
  ["another factor, 20 dB stronger", { sf: 9 }, -80, -100, true],
  ["another channel", { frequency: 868300000 }, -60, -100, false],
  ["other polarity", { invertIQ: true }, -60, -100, false],
  ["over before the packet", { start: -60000, end: 0 }, -60, -100, false],
  ["over three symbols into the preamble", { start: -60000, end: 3072 }, -60, -100, false],
  ["over later in the preamble", { start: -60000, end: 4000 }, -60, -100, true],
];
for (const [name, changes, otherRssi, rssi, destroyed] of encounters) {
  test(`collision: ${name}`, (t) => t.is(destroys(packet({ from: "b", ...changes }), otherRssi, packet({}), rssi), destroyed));
}

test("a packet is heard down to the factor's floor, and not below", (t) => {
  for (const sf of [7, 9, 12]) {
    const noise = -174 + 6 + 10 * Math.log10(125000);
    for (const [margin, expected] of [[0.5, "good"], [-0.5, "lost"]] as const) {
      const medium = new Medium({ pathLoss: () => 14 - (noise + snrFloor(sf) + margin) });
      const sent = medium.add(packet({ sf }), { x: 0, y: 0 });
      t.is(medium.receive(sent, "g", { x: 0, y: 0 }), expected);
    }
  }
});

test("losses by chance have their probability, and depend on nothing but names and time", (t) => {
  let lost = 0;
  for (let i = 0; i < 10000; i++) if (draw(1, "loss", "n", i, "g") < 0.1) lost++;
  t.true(lost > 900 && lost < 1100, `${lost}`);
  t.is(draw(1, "loss", "n", 5, "g"), draw(1, "loss", "n", 5, "g"));
});

const at = (x: number): Position => ({ x, y: 0 });
const exchange = (chip: string) => ({ manifest: `test/radio/programs/manifest_${chip}.json` });

test.serial("one node: its packet arrives, the answer comes in its window, 20 ppm of drift and all", async (t) => {
  const program = await buildHost(exchange("exchange"));
  const run = async (name: string) => {
    const air = new Air();
    const gateway = air.addGateway({
      id: "gateway",
      onPacket: (heard) => void t.true(gateway.transmit(heard.end + 1e6, { frequency: heard.frequency, sf: 7, bandwidth: 125000, power: 14, payload: new Uint8Array([1, 2, 3, heard.payload[6]!]) })),
    });
    const { stdout, stderr, exitCode } = await runHost(program, { args: [name], air: air.nodePort("node", { position: at(300), ppm: 20 }), timeoutMs: 60000 });
    t.is(exitCode, 0, stderr);
    const lines = stdout.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    t.deepEqual(lines.filter((line) => "heard" in line).map((line) => line["heard"]), [[1, 2, 3, 0], [1, 2, 3, 1]]);
    t.like(lines.at(-3), { random: true, busy: false });
    t.like(lines.at(-1), { closed: true });
    t.like(lines.at(-2), { message: "the radio was closed" });
    t.is(air.statistics.sent, 6);
    return stdout;
  };
  for (const chip of ["sx1262", "sx1276"]) t.is(await run(chip), await run(chip), "twice the same");
});

test.serial("random numbers of the radio: other ones for each node and each start, the same in another run", async (t) => {
  const program = await buildHost(exchange("noise"));
  const run = async () => {
    const air = new Air({ seed: 3 });
    const draws: string[] = [];
    for (const chip of ["sx1262", "sx1276"]) {
      for (const [id, startAt] of [["a", 0], ["b", 0], ["a", 5e6]] as const) {
        const { stdout, stderr, exitCode } = await runHost(program, { args: [chip], seed: 1, air: air.nodePort(id, { startAt: startAt + (chip === "sx1262" ? 0 : 1e7) }), timeoutMs: 60000 });
        t.is(exitCode, 0, stderr);
        draws.push(...stdout.trim().split("\n"));
      }
    }
    return draws;
  };
  const first = await run();
  t.is(first.length, 24);
  t.is(new Set(first).size, 24);
  t.deepEqual(await run(), first);
});

async function crowd(t: { is(a: unknown, b: unknown, message?: string): unknown }, killAt?: number): Promise<string[]> {
  const program = await buildHost(exchange("crowd"));
  const air = new Air({ lossProbability: 0.1, seed: 7 });
  const heard: string[] = [];
  const gateway = air.addGateway({
    id: "gateway",
    onPacket(received) {
      heard.push(`${received.from} ${Math.round(received.start)} ${received.payload[1]}`);
      gateway.transmit(received.end + 1e6, { frequency: received.frequency, sf: 7, bandwidth: 125000, power: 14, payload: received.payload });
    },
  });
  const controller = new AbortController();
  if (killAt !== undefined) air.at(killAt, () => controller.abort());
  const names = Array.from({ length: 6 }, (_, i) => String(i));
  const ports = names.map((name, i) => air.nodePort(`n${name}`, { position: at(100 + 80 * i), ppm: 8 * (i - 3) }));
  const results = await Promise.all(names.map((name, i) => runHost(program, { args: [name, "20", "10000"], air: ports[i]!, timeoutMs: 120000, signal: name === "2" ? controller.signal : undefined })));
  results.forEach((result, i) => t.is(i === 2 && killAt !== undefined ? 0 : result.exitCode, 0, result.stderr));
  return [...heard, ...results.filter((_, i) => i !== 2).map((result) => result.stdout)];
}

test.serial("six nodes with drifting clocks, collisions and losses: twice the same to the microsecond", async (t) => {
  const [first, second] = [await crowd(t), await crowd(t)];
  t.true(first.length > 60, `${first.length} heard`);
  t.deepEqual(first, second);
});

test.serial("a program that is killed is missed by nobody", async (t) => {
  const heard = await crowd(t, 60e6);
  t.true(heard.some((line) => line.startsWith("n1 ") && Number(line.split(" ")[1]) > 150e6));
  t.false(heard.some((line) => line.startsWith("n2 ") && Number(line.split(" ")[1]) > 150e6));
});

test.serial("a node that restarts holds the clock until it is back", async (t) => {
  const program = await buildHost(exchange("crowd"));
  const air = new Air();
  const starts: number[] = [];
  air.addGateway({ id: "gateway", onPacket: (received) => void starts.push(received.start) });
  const steady = runHost(program, { args: ["1", "30", "10000"], air: air.nodePort("steady", { position: at(100) }), timeoutMs: 60000 });
  for (let life = 0; life < 3; life++) {
    await runHost(program, { args: ["2", "3", "10000"], air: air.nodePort("restarts", { position: at(150), holdWhenEnded: true, startAt: air.timeOf("restarts") + 5e6 }), timeoutMs: 60000 });
  }
  air.remove("restarts");
  t.is((await steady).exitCode, 0);
  t.true(starts.length >= 30 && starts.every((start, i) => i === 0 || start >= starts[i - 1]!), "in order of time");
});

test("half a line of a program that died, and its silence afterwards, harm nobody", async (t) => {
  const air = new Air();
  const port = air.nodePort("dies");
  const [output, input] = [new PassThrough(), new PassThrough()];
  port.attach(output, input);
  const reached = new Promise<number>((resolve) => air.at(5e6, () => resolve(air.now)));
  output.end('{"at":1000}\n{"send":2000,"end":30');
  t.is(await reached, 5e6);
  t.is(air.statistics.sent, 0);
});

test("a program without the air hears nothing and ends", async (t) => {
  const program = await buildHost(exchange("crowd"));
  const { stdout, exitCode } = await runHost(program, { args: ["0", "2"], timeoutMs: 30000 });
  t.is(exitCode, 0);
  t.like(JSON.parse(stdout), { heard: 0 });
});
