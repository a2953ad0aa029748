import { PassThrough } from "node:stream";
import test from "ava";
import { Air, type AirPacket, type Position } from "../../host-tools/air/index.js";
import { destroys, draw, snrFloor } from "../../host-tools/air/physics.js";
import { Demodulators } from "../../host-tools/air/demodulators.js";
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

/** Packets on channels of their own at a gateway with `count` demodulators: which of them get one. */
function follow(count: number, packets: Partial<AirPacket>[]): boolean[] {
  const medium = new Medium({ pathLoss: () => 100 });
  const gateway = new Demodulators(count, medium, "gateway", { x: 0, y: 0 });
  const sent = packets.map((changes, i) =>
    medium.add(packet({ frequency: 863000000 + 200000 * i, from: `n${i}`, ...changes }), { x: 0, y: 0 }),
  );
  const result = new Map<number, boolean>();
  for (const one of [...sent].sort((a, b) => a.end - b.end)) result.set(one.id, gateway.follow(one));
  return sent.map(({ id }) => result.get(id)!);
}

const row = (length: number, one: (i: number) => Partial<AirPacket>) => Array.from({ length }, (_, i) => one(i));
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Source: SX1301 data sheet V2.4, eight demodulators; 16 in an SX1302. A preamble of SF7 is found after 4.1 ms, one of SF12 after 131 ms. */
const crowds: [what: string, count: number, packets: Partial<AirPacket>[], followed: number[], lost: number[]][] = [
  ["as many as there are", 8, row(8, (i) => ({ start: i, end: 50000 + i })), numbers(0, 8), []],
  ["the ninth and tenth are lost", 8, row(10, (i) => ({ start: i, end: 50000 - 100 * i })), numbers(0, 8), [8, 9]],
  ["an SX1302 follows sixteen", 16, row(17, (i) => ({ start: i })), numbers(0, 16), [16]],
  [
    "one is free again at its packet's end",
    2,
    [{}, { end: 90000 }, { start: 47000, end: 95000 }, { start: 48000, end: 96000 }],
    [0, 1, 2],
    [3],
  ],
  ["what was lost holds none", 1, [{}, { start: 10000, end: 90000 }, { start: 60000, end: 99000 }], [0, 2], [1]],
  [
    "a slow preamble is found later",
    1,
    [
      { end: 900000, sf: 12 },
      { start: 50000, end: 200000 },
    ],
    [1],
    [0],
  ],
  [
    "what is too weak, a downlink or another network's takes none",
    1,
    [{ power: -60 }, { invertIQ: true }, { syncWord: 0x12 }, { start: 10 }],
    [3],
    [],
  ],
  [
    "none is taken while the gateway sends",
    1,
    [{ end: 5000, from: "gateway", invertIQ: true }, { start: 3000, end: 90000 }, { start: 6000 }],
    [2],
    [],
  ],
];
for (const [what, count, packets, followed, lost] of crowds) {
  test(`demodulators: ${what}`, (t) => {
    const given = follow(count, packets);
    t.deepEqual(
      followed.filter((i) => !given[i]),
      [],
      "not followed",
    );
    t.deepEqual(
      lost.filter((i) => given[i]),
      [],
      "not lost",
    );
  });
}

test("a gateway loses the packets beyond its demodulators, and the air counts them", async (t) => {
  for (const [demodulators, expected] of [
    [undefined, 8],
    [16, 12],
  ] as const) {
    const air = new Air({ pathLoss: () => 100, ...(demodulators && { demodulators }) });
    const heard: string[] = [];
    air.addGateway({ id: "gateway", onPacket: (received) => void heard.push(received.from) });
    for (let i = 0; i < 12; i++)
      air.addGateway({ id: `n${i}`.padEnd(4) }).transmit(1000 + i, {
        frequency: 863000000 + 200000 * i,
        sf: 9,
        bandwidth: 125000,
        power: 14,
        payload: new Uint8Array(20),
        invertIQ: false,
      });
    await new Promise<void>((resolve) => air.at(5e6, resolve));
    t.is(heard.length, expected);
    t.is(air.statistics.noDemodulator, 12 - expected);
  }
  t.throws(() => new Air({ demodulators: 0 }), { message: /demodulators 0: an integer from 1 on/ });
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

const at = (x: number): Position => ({ x, y: 0 });
const exchange = (chip: string) => ({ manifest: `test/radio/programs/manifest_${chip}.json` });

test.serial(
  "one node: its packet arrives, and the answer is received in its window despite 20 ppm of drift",
  async (t) => {
    const program = await buildHost(exchange("exchange"));
    const run = async (name: string) => {
      const air = new Air();
      const gateway = air.addGateway({
        id: "gateway",
        onPacket: (heard) =>
          void t.true(
            gateway.transmit(heard.end + 1e6, {
              frequency: heard.frequency,
              sf: 7,
              bandwidth: 125000,
              power: 14,
              payload: new Uint8Array([1, 2, 3, heard.payload[6]!]),
            }),
          ),
      });
      const { stdout, stderr, exitCode } = await runHost(program, {
        args: [name],
        air: air.nodePort("node", { position: at(300), ppm: 20 }),
        timeoutMs: 60000,
      });
      t.is(exitCode, 0, stderr);
      const lines = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      t.deepEqual(
        lines.filter((line) => "heard" in line).map((line) => line["heard"]),
        [
          [1, 2, 3, 0],
          [1, 2, 3, 1],
        ],
      );
      t.like(lines.at(-3), { random: true, busy: false });
      t.like(lines.at(-1), { closed: true });
      t.like(lines.at(-2), { message: "the radio was closed" });
      t.is(air.statistics.sent, 6);
      return stdout;
    };
    for (const chip of ["sx1262", "sx1276"]) t.is(await run(chip), await run(chip), "both runs are equal");
  },
);

test.serial("random numbers of the radio: different for each node and start, the same in another run", async (t) => {
  const program = await buildHost(exchange("noise"));
  const run = async () => {
    const air = new Air({ seed: 3 });
    const draws: string[] = [];
    for (const chip of ["sx1262", "sx1276"]) {
      for (const [id, startAt] of [
        ["a", 0],
        ["b", 0],
        ["a", 5e6],
      ] as const) {
        const { stdout, stderr, exitCode } = await runHost(program, {
          args: [chip],
          seed: 1,
          air: air.nodePort(id, { startAt: startAt + (chip === "sx1262" ? 0 : 1e7) }),
          timeoutMs: 60000,
        });
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
      gateway.transmit(received.end + 1e6, {
        frequency: received.frequency,
        sf: 7,
        bandwidth: 125000,
        power: 14,
        payload: received.payload,
      });
    },
  });
  const controller = new AbortController();
  if (killAt !== undefined) air.at(killAt, () => controller.abort());
  const names = Array.from({ length: 6 }, (_, i) => String(i));
  const ports = names.map((name, i) => air.nodePort(`n${name}`, { position: at(100 + 80 * i), ppm: 8 * (i - 3) }));
  const results = await Promise.all(
    names.map((name, i) =>
      runHost(program, {
        args: [name, "20", "10000"],
        air: ports[i]!,
        timeoutMs: 120000,
        signal: name === "2" ? controller.signal : undefined,
      }),
    ),
  );
  results.forEach((result, i) => t.is(i === 2 && killAt !== undefined ? 0 : result.exitCode, 0, result.stderr));
  return [...heard, ...results.filter((_, i) => i !== 2).map((result) => result.stdout)];
}

test.serial(
  "six nodes with drifting clocks, collisions and losses: two runs are equal to the microsecond",
  async (t) => {
    const [first, second] = [await crowd(t), await crowd(t)];
    t.true(first.length > 60, `${first.length} heard`);
    t.deepEqual(first, second);
  },
);

test.serial("a killed program does not hold up the others", async (t) => {
  const heard = await crowd(t, 60e6);
  t.true(heard.some((line) => line.startsWith("n1 ") && Number(line.split(" ")[1]) > 150e6));
  t.false(heard.some((line) => line.startsWith("n2 ") && Number(line.split(" ")[1]) > 150e6));
});

test.serial("the clock waits for a node that restarts", async (t) => {
  const program = await buildHost(exchange("crowd"));
  const air = new Air();
  const starts: number[] = [];
  air.addGateway({ id: "gateway", onPacket: (received) => void starts.push(received.start) });
  const steady = runHost(program, {
    args: ["1", "30", "10000"],
    air: air.nodePort("steady", { position: at(100) }),
    timeoutMs: 60000,
  });
  for (let life = 0; life < 3; life++) {
    await runHost(program, {
      args: ["2", "3", "10000"],
      air: air.nodePort("restarts", { position: at(150), holdWhenEnded: true, startAt: air.timeOf("restarts") + 5e6 }),
      timeoutMs: 60000,
    });
  }
  air.remove("restarts");
  t.is((await steady).exitCode, 0);
  t.true(starts.length >= 30 && starts.every((start, i) => i === 0 || start >= starts[i - 1]!), "in order of time");
});

test("half a line from a program that died does no harm, nor does its silence afterwards", async (t) => {
  const air = new Air();
  const port = air.nodePort("dies");
  const [output, input] = [new PassThrough(), new PassThrough()];
  port.attach(output, input);
  const reached = new Promise<number>((resolve) => air.at(5e6, () => resolve(air.now)));
  output.end('{"at":1000}\n{"send":2000,"end":30');
  t.is(await reached, 5e6);
  t.is(air.statistics.sent, 0);
});

test("a program without an air receives nothing and ends", async (t) => {
  const program = await buildHost(exchange("crowd"));
  const { stdout, exitCode } = await runHost(program, { args: ["0", "2"], timeoutMs: 30000 });
  t.is(exitCode, 0);
  t.like(JSON.parse(stdout), { heard: 0 });
});
