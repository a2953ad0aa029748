import test from "ava";
import { ChannelPlan } from "../../device/lorawan/channels.js";
import { regions, rx1DataRate } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";

/*
 * RP002-1.0.4 as two stacks of other hands have it: typed from the tables of Semtech's LoRaMac-node 4.7 and The Things Stack 3, not from the document itself. Node and
 * network server of loam read the same tables, so that no run of one against the other would show a fault in them.
 */

/** SF and kHz of a data rate; FSK and LR-FHSS are not LoRa. */
type Rate = readonly [sf: number, bandwidth: number] | "FSK" | "LR-FHSS" | "RFU";
interface Plan {
  section: string;
  rates: readonly Rate[];
  /** N of the tables without repeaters, by data rate; 0: not defined. */
  payload: readonly number[];
  payloadDwell?: readonly number[];
  /** Default channels, Hz; of fixed plans: first and last, and the step. */
  channels: readonly number[] | { narrow: readonly Raster[]; wide?: Raster; down: Raster };
  rx2: readonly [frequency: number, dataRate: number];
  /** Rows by uplink data rate, columns by RX1DROffset. */
  rx1: readonly (readonly number[])[];
  rx1Dwell?: readonly (readonly number[])[];
  eirp: number;
  /** Highest TXPower. */
  power: number;
  joinRates: readonly number[];
}
interface Raster {
  first: number;
  last: number;
  step: number;
}

const slow: Rate[] = [[12, 125], [11, 125], [10, 125], [9, 125], [8, 125], [7, 125]]; // prettier-ignore
const european: Rate[] = [...slow, [7, 250], "FSK"];
const falling = [
  [0, 0, 0, 0, 0, 0],
  [1, 0, 0, 0, 0, 0],
  [2, 1, 0, 0, 0, 0],
  [3, 2, 1, 0, 0, 0],
  [4, 3, 2, 1, 0, 0],
  [5, 4, 3, 2, 1, 0],
  [6, 5, 4, 3, 2, 1],
];
const wide500: Rate[] = [[12, 500], [11, 500], [10, 500], [9, 500], [8, 500], [7, 500]]; // prettier-ignore

const as923 = (channels: [number, number]): Plan => ({
  section: "AS923",
  rates: european,
  payload: [51, 51, 115, 115, 242, 242, 242, 242],
  payloadDwell: [0, 0, 11, 53, 125, 242, 242, 242],
  channels,
  rx2: [channels[0], 2],
  rx1: [
    [0, 0, 0, 0, 0, 0, 1, 2],
    [1, 0, 0, 0, 0, 0, 2, 3],
    [2, 1, 0, 0, 0, 0, 3, 4],
    [3, 2, 1, 0, 0, 0, 4, 5],
    [4, 3, 2, 1, 0, 0, 5, 6],
    [5, 4, 3, 2, 1, 0, 6, 7],
    [6, 5, 4, 3, 2, 1, 7, 7],
    [7, 6, 5, 4, 3, 2, 7, 7],
  ],
  rx1Dwell: [
    [2, 2, 2, 2, 2, 2, 2, 2],
    [2, 2, 2, 2, 2, 2, 2, 3],
    [2, 2, 2, 2, 2, 2, 3, 4],
    [3, 2, 2, 2, 2, 2, 4, 5],
    [4, 3, 2, 2, 2, 2, 5, 6],
    [5, 4, 3, 2, 2, 2, 6, 7],
    [6, 5, 4, 3, 2, 2, 7, 7],
    [7, 6, 5, 4, 3, 2, 7, 7],
  ],
  eirp: 16,
  power: 7,
  joinRates: [2, 3, 4, 5],
});

const plans: Record<RegionName, Plan> = {
  EU868: {
    section: "EU863-870",
    rates: european,
    payload: [51, 51, 51, 115, 242, 242, 242, 242],
    channels: [868100000, 868300000, 868500000],
    rx2: [869525000, 0],
    rx1: falling,
    eirp: 16,
    power: 7,
    joinRates: [0, 1, 2, 3, 4, 5],
  },
  EU433: {
    section: "EU433",
    rates: european,
    payload: [51, 51, 51, 115, 242, 242, 242, 242],
    channels: [433175000, 433375000, 433575000],
    rx2: [434665000, 0],
    rx1: falling,
    eirp: 12.15,
    power: 5,
    joinRates: [0, 1, 2, 3, 4, 5],
  },
  RU864: {
    section: "RU864-870",
    rates: european,
    payload: [51, 51, 51, 115, 242, 242, 242, 242],
    channels: [868900000, 869100000],
    rx2: [869100000, 0],
    rx1: falling,
    eirp: 16,
    power: 7,
    joinRates: [0, 1, 2, 3, 4, 5],
  },
  KR920: {
    section: "KR920-923",
    rates: slow,
    payload: [51, 51, 51, 115, 242, 242],
    channels: [922100000, 922300000, 922500000],
    rx2: [921900000, 0],
    rx1: falling.slice(0, 6),
    eirp: 14,
    power: 7,
    joinRates: [0, 1, 2, 3, 4, 5],
  },
  IN865: {
    section: "IN865-867",
    rates: [...slow, "RFU", "FSK"],
    payload: [51, 51, 51, 115, 242, 242, 0, 242],
    channels: [865062500, 865402500, 865985000],
    rx2: [866550000, 2],
    rx1: [
      [0, 0, 0, 0, 0, 0, 1, 2],
      [1, 0, 0, 0, 0, 0, 2, 3],
      [2, 1, 0, 0, 0, 0, 3, 4],
      [3, 2, 1, 0, 0, 0, 4, 5],
      [4, 3, 2, 1, 0, 0, 5, 5],
      [5, 4, 3, 2, 1, 0, 5, 7],
    ],
    eirp: 30,
    power: 10,
    joinRates: [0, 1, 2, 3, 4, 5],
  },
  "AS923-1": as923([923200000, 923400000]),
  // Japan's limits are ARIB STD-T108's; the plan is AS923-1's.
  "AS923-1-JP": as923([923200000, 923400000]),
  "AS923-2": as923([921400000, 921600000]),
  "AS923-3": as923([916600000, 916800000]),
  "AS923-4": as923([917300000, 917500000]),
  // The first of its channel plans; test/lorawan/cn470.test.ts has the others.
  CN470: {
    section: "CN470-510",
    rates: [...slow, [7, 500], "FSK"],
    payload: [0, 23, 86, 184, 242, 242, 242, 242],
    channels: {
      narrow: [
        { first: 470300000, last: 476500000, step: 200000 },
        { first: 503500000, last: 509700000, step: 200000 },
      ],
      down: { first: 483900000, last: 496500000, step: 200000 },
    },
    rx2: [486900000, 1],
    // DR0 has no frames, and its row no meaning.
    rx1: [
      [1, 1, 1, 1, 1, 1],
      [1, 1, 1, 1, 1, 1],
      [2, 1, 1, 1, 1, 1],
      [3, 2, 1, 1, 1, 1],
      [4, 3, 2, 1, 1, 1],
      [5, 4, 3, 2, 1, 1],
      [6, 5, 4, 3, 2, 1],
      [7, 6, 5, 4, 3, 2],
    ],
    eirp: 19.15,
    power: 7,
    joinRates: [1, 2, 3, 4, 5],
  },
  US915: {
    section: "US902-928",
    rates: [[10, 125], [9, 125], [8, 125], [7, 125], [8, 500], "LR-FHSS", "LR-FHSS", "RFU", ...wide500],
    // DR5 and 6 of LR-FHSS are left out: the drivers have no such modulation.
    payload: [11, 53, 125, 242, 242, 0, 0, 0, 53, 129, 242, 242, 242, 242],
    channels: {
      narrow: [{ first: 902300000, last: 914900000, step: 200000 }],
      wide: { first: 903000000, last: 914200000, step: 1600000 },
      down: { first: 923300000, last: 927500000, step: 600000 },
    },
    rx2: [923300000, 8],
    rx1: [
      [10, 9, 8, 8],
      [11, 10, 9, 8],
      [12, 11, 10, 9],
      [13, 12, 11, 10],
      [13, 13, 12, 11],
    ],
    eirp: 30,
    power: 14,
    joinRates: [0, 4],
  },
  AU915: {
    section: "AU915-928",
    rates: [...slow, [8, 500], "LR-FHSS", ...wide500],
    payload: [51, 51, 51, 115, 242, 242, 242, 0, 53, 129, 242, 242, 242, 242],
    payloadDwell: [0, 0, 11, 53, 125, 242, 242, 0, 53, 129, 242, 242, 242, 242],
    channels: {
      narrow: [{ first: 915200000, last: 927800000, step: 200000 }],
      wide: { first: 915900000, last: 927100000, step: 1600000 },
      down: { first: 923300000, last: 927500000, step: 600000 },
    },
    rx2: [923300000, 8],
    rx1: [
      [8, 8, 8, 8, 8, 8],
      [9, 8, 8, 8, 8, 8],
      [10, 9, 8, 8, 8, 8],
      [11, 10, 9, 8, 8, 8],
      [12, 11, 10, 9, 8, 8],
      [13, 12, 11, 10, 9, 8],
      [13, 13, 12, 11, 10, 9],
    ],
    eirp: 30,
    power: 14,
    joinRates: [2, 6],
  },
};

/** Of a raster, in order. */
const frequencies = ({ first, last, step }: Raster): number[] =>
  Array.from({ length: 1 + (last - first) / step }, (_, i) => first + i * step);

test("every region has its typed table", (t) => {
  t.deepEqual(Object.keys(plans).sort(), Object.keys(regions).sort());
});

for (const [name, plan] of Object.entries(plans) as [RegionName, Plan][])
  test(`${name} is RP002-1.0.4's ${plan.section}`, (t) => {
    const region = regions[name];
    const channels = new ChannelPlan(region);
    channels.reset();
    plan.rates.forEach((rate, i) => {
      const lora = typeof rate === "string" ? null : [...rate];
      t.deepEqual(region.dataRates[i] ? [...region.dataRates[i]] : null, lora, `DR${i}`);
    });
    t.is(region.dataRates.slice(plan.rates.length).filter((rate) => rate !== null).length, 0);
    for (const [i, bytes] of region.maxPayload.entries()) t.is(bytes, plan.payload[i]!, `N of DR${i}`);
    t.deepEqual(region.maxPayloadDwell && [...region.maxPayloadDwell], plan.payloadDwell && [...plan.payloadDwell]);
    t.deepEqual([region.rx2.frequency, region.rx2.dataRate], [...plan.rx2]);
    t.is(region.maxEirp, plan.eirp);
    t.is(region.maxTxPower, plan.power);
    for (const rate of region.joinDataRates) t.true(plan.joinRates.includes(rate), `join request at DR${rate}`);
    const offsets = plan.rx1[0]!.length;
    for (const [dwell, rows] of [
      [false, plan.rx1],
      [true, plan.rx1Dwell ?? plan.rx1],
    ] as const)
      rows.forEach((row, uplink) => {
        const found = row.map((_, offset) => rx1DataRate(region, uplink, offset, dwell));
        t.deepEqual(found, [...row], `RX1 of DR${uplink}${dwell ? " under dwell time" : ""}`);
        t.is(rx1DataRate(region, uplink, offsets, dwell), undefined);
      });
    const all = Array.from({ length: channels.count }, (_, i) => i).filter((i) => channels.isOn(i));
    const up = all.map((i) => channels.uplinkFrequency(i));
    if ("narrow" in plan.channels) {
      const { narrow, wide, down } = plan.channels;
      t.deepEqual(up, [...narrow.flatMap(frequencies), ...(wide ? frequencies(wide) : [])]);
      const answers = frequencies(down);
      for (const i of all) t.is(channels.rx1Frequency(i), answers[i % answers.length]!);
    } else {
      t.deepEqual(up, [...plan.channels]);
      t.deepEqual(
        all.map((i) => channels.rx1Frequency(i)),
        [...plan.channels],
      );
    }
  });
