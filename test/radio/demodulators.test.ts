import test from "ava";
import { Air, type AirPacket } from "../../host-tools/air/index.js";
import { Demodulators } from "../../host-tools/air/demodulators.js";
import { Medium } from "../../host-tools/air/medium.js";
import { packet } from "./packet.js";

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
    "one is free again at the end of its packet",
    2,
    [{}, { end: 90000 }, { start: 47000, end: 95000 }, { start: 48000, end: 96000 }],
    [0, 1, 2],
    [3],
  ],
  [
    "a packet that was lost occupies none",
    1,
    [{}, { start: 10000, end: 90000 }, { start: 60000, end: 99000 }],
    [0, 2],
    [1],
  ],
  [
    "a slow preamble is detected later",
    1,
    [
      { end: 900000, sf: 12 },
      { start: 50000, end: 200000 },
    ],
    [1],
    [0],
  ],
  [
    "packets that are too weak, downlinks and other networks' packets occupy none",
    1,
    [{ power: -60 }, { invertIQ: true }, { syncWord: 0x12 }, { start: 10 }],
    [3],
    [],
  ],
  [
    "none is assigned while the gateway sends",
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
