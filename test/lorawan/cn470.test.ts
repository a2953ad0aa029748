// Slow: joins on each of twenty channels, in both windows, with and without a CFList, and sessions after them.
import test from "ava";
import { ChannelPlan } from "../../device/lorawan/channels.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { Session } from "../../device/lorawan/session.js";
import type { ChannelPlanName, LinkOptions } from "../../device/lorawan/types.js";
import { whyElsewhere } from "../../host-tools/gateway/joins.js";
import { loraPacket } from "../../host-tools/gateway/packets.js";
import { NorFlash } from "../flash/norflash.js";
import { persistenceOf } from "./persistence.js";
import { World, abp, airtime, otaa, type WorldOptions } from "./simulation.js";

/*
 * CN470-510 of RP002-1.0.4, typed from Semtech's SWL2001 (LoRa Basics Modem) and LoRaMac-node 4.7; the channels and masks are The Things Stack's, too. LoRaMac-node has RX2 of
 * join channel 6 at 494.0 MHz, which its neighbours contradict; The Things Stack RP002-1.0.1's 172 bytes at DR3, and RX1 below DR1,
 * where there are no frames.
 */

/** MHz: of the common join channels uplink, RX1, and RX2. */
const joins: Record<ChannelPlanName, [up: number, rx1: number, rx2: number][]> = {
  "20A": [
    [470.9, 484.5, 485.3],
    [472.5, 486.1, 486.9],
    [474.1, 487.7, 488.5],
    [475.7, 489.3, 490.1],
    [504.1, 490.9, 491.7],
    [505.7, 492.5, 493.3],
    [507.3, 494.1, 494.9],
    [508.9, 495.7, 496.5],
  ],
  "20B": [
    [479.9, 479.9, 478.3],
    [499.9, 499.9, 498.3],
  ],
  "26A": [
    [470.3, 492.5, 492.5],
    [472.3, 492.5, 492.5],
    [474.3, 492.5, 492.5],
    [476.3, 492.5, 492.5],
    [478.3, 492.5, 492.5],
  ],
  "26B": [
    [480.3, 502.5, 502.5],
    [482.3, 502.5, 502.5],
    [484.3, 502.5, 502.5],
    [486.3, 502.5, 502.5],
    [488.3, 502.5, 502.5],
  ],
};

/** Uplink and downlink channels, MHz: the first of each group and how many; RX2 of ABP; ChMaskCntl: words of 16 channels, all on, all off. */
const plans: Record<
  ChannelPlanName,
  {
    up: [number, number][];
    down: [number, number][];
    rx2: number;
    masks: { words: number; on: number; off: number; reserved: number[] };
  }
> = {
  "20A": {
    up: [[470.3, 32], [503.5, 32]], // prettier-ignore
    down: [[483.9, 32], [490.3, 32]], // prettier-ignore
    rx2: 486.9,
    masks: { words: 4, on: 6, off: 7, reserved: [4, 5] },
  },
  "20B": {
    up: [[476.9, 32], [496.9, 32]], // prettier-ignore
    down: [[476.9, 32], [496.9, 32]], // prettier-ignore
    rx2: 498.3,
    masks: { words: 4, on: 6, off: 7, reserved: [4, 5] },
  },
  "26A": {
    up: [[470.3, 48]],
    down: [[490.1, 24]],
    rx2: 492.5,
    masks: { words: 3, on: 3, off: 4, reserved: [5, 6, 7] },
  },
  "26B": {
    up: [[480.3, 48]],
    down: [[500.1, 24]],
    rx2: 502.5,
    masks: { words: 3, on: 3, off: 4, reserved: [5, 6, 7] },
  },
};
const names = Object.keys(plans) as ChannelPlanName[];

const hertz = (megahertz: number): number => Math.round(megahertz * 10) * 100000;
const channelsOf = (groups: [number, number][]): number[] =>
  groups.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => hertz(first) + i * 200000));
const all = names.flatMap((name) => joins[name].map(([up, rx1, rx2]) => ({ name, up, rx1, rx2 })));

/** Where RX1 is listened to after an uplink on `frequency`. */
function answerOn(name: ChannelPlanName, frequency: number): number {
  const down = channelsOf(plans[name].down);
  return down[channelsOf(plans[name].up).indexOf(frequency) % down.length]!;
}

/** A node on the air of a network whose gateways hear join requests on `heard` (Hz) only, and everything else. */
function node(heard: readonly number[], server: Partial<WorldOptions> = {}, options: Partial<LinkOptions> = {}) {
  let hasJoined = false;
  const world: World = new World("CN470", {
    adr: false,
    ...server,
    listensOn: (frequency) => hasJoined || heard.includes(frequency),
  });
  world.server.addDevice(otaa);
  const flash = new NorFlash();
  const start = () => world.node({ region: "CN470", credentials: otaa, flash, ...options }, 0, world.time.now).link;
  const join = async (link = start()) => {
    await world.time.during(link.join());
    hasJoined = true;
    return link;
  };
  const session = () => {
    const stored = new Session(regions.CN470);
    persistenceOf(flash, stored).load();
    return stored;
  };
  return { world, flash, start, join, session };
}

test("a frame of DR1 to DR3 with the largest payload takes up to the second that the regulation allows; one of DR0 more", (t) => {
  const time = (dataRate: number, bytes: number): number => {
    const [spreadingFactor, kilohertz] = regions.CN470.dataRates[dataRate]!;
    return airtime({ frequency: 0, spreadingFactor, bandwidth: kilohertz * 1000 }, bytes, true);
  };
  for (const dataRate of [1, 2, 3]) {
    const bytes = regions.CN470.maxPayload[dataRate]! + 13;
    t.true(time(dataRate, bytes) <= 1000 && time(dataRate, bytes + 4) > 1000, `DR${dataRate}`);
  }
  t.true(time(0, 13) > 1000);
});

for (const name of names) {
  test(`${name}: channels, RX1's and RX2, and what LinkADRReq makes of its masks`, (t) => {
    const plan = new ChannelPlan(regions.CN470);
    plan.reset(0, names.indexOf(name));
    const up = channelsOf(plans[name].up);
    t.is(plan.count, up.length);
    up.forEach((frequency, i) => {
      t.is(plan.uplinkFrequency(i), frequency);
      t.is(plan.rx1Frequency(i), answerOn(name, frequency));
      t.true(plan.isOn(i));
    });
    t.is(plan.rx2Frequency(), hertz(plans[name].rx2));
    const { words, on, off, reserved } = plans[name].masks;
    const full = Array.from({ length: 5 }, (_, word): number => (word < words ? 0xffff : 0));
    t.deepEqual([...plan.mask], full);
    for (let word = 0; word < words; word++) {
      const mask = Uint16Array.from(full);
      t.true(plan.applyMask(word, 0x1234, mask));
      t.deepEqual([...mask], full.with(word, 0x1234));
    }
    const mask = Uint16Array.from(full);
    t.true(plan.applyMask(off, 0xffff, mask));
    t.deepEqual([...mask], [0, 0, 0, 0, 0]);
    t.false(plan.isUsable(mask));
    t.true(plan.applyMask(on, 0, mask));
    t.deepEqual([...mask], full);
    for (const control of reserved) t.false(plan.applyMask(control, 0xffff, mask), `ChMaskCntl ${control}`);
    for (const rate of [0, 6, 7]) t.false(plan.supports(rate), `DR${rate}`);
  });

  test(`${name}: ABP, answered in RX1 and RX2, and the plan outlasts a reset`, async (t) => {
    for (const window of [1, 2] as const) {
      const world = new World("CN470", { window, adr: false });
      world.server.addDevice({ devEui: otaa.devEui, ...abp, channelPlan: name });
      const flash = new NorFlash();
      const options = { region: "CN470", credentials: abp, flash, channelPlan: name } as const;
      t.is(await world.acknowledged(world.node(options).link, 4), 4);
      const again = world.node(options, 0, world.time.now).link;
      t.is(again.state, "joined");
      t.is(await world.acknowledged(again, 4), 4);
      for (const { modulation } of world.uplinksOnAir)
        t.true(channelsOf(plans[name].up).includes(modulation.frequency));
      if (window === 2) t.is(world.windows.at(-1), hertz(plans[name].rx2));
    }
  });
}

for (const [index, { name, up, rx1, rx2 }] of all.entries())
  test(`common join channel ${index}, ${up} MHz, leads to plan ${name}, with and without a CFList`, async (t) => {
    for (const window of [1, 2] as const)
      for (const subBand of [undefined, 5]) {
        const { world, join, session, start } = node([hertz(up)], { window, subBand, seed: `${index}` });
        const link = await join();
        t.is(world.windows.at(-1), hertz(window === 1 ? rx1 : rx2));
        t.is(names[session().channels.plan], name);
        t.is(session().rx2Frequency, hertz(rx2));
        const requests = world.uplinksOnAir.length;
        t.true(requests <= 20, `${requests} join requests`);
        t.is(await world.acknowledged(link, 3), 3);
        // A reset: the plan is in the session.
        const again = start();
        t.is(again.state, "joined");
        t.is(await world.acknowledged(again, 3), 3);
        const channels = channelsOf(plans[name].up);
        const own = Math.floor(channels.indexOf(hertz(up)) / 8);
        for (const { modulation } of world.uplinksOnAir.slice(requests))
          t.is(Math.floor(channels.indexOf(modulation.frequency) / 8), subBand ? subBand - 1 : own);
        const last = world.uplinksOnAir.at(-1)!.modulation.frequency;
        t.is(world.windows.at(-1), window === 1 ? answerOn(name, last) : hertz(rx2));
      }
  });

test("join requests go round the common join channels of the antenna or the plan, each channel at each data rate in five rounds", async (t) => {
  for (const [channelPlan, expected] of [
    [undefined, all],
    ["20", all.slice(0, 10)],
    ["26", all.slice(10)],
    ["20B", all.slice(8, 10)],
  ] as const) {
    const { world, start } = node([], {}, channelPlan && { channelPlan });
    const link = start();
    void link.join().catch(() => undefined);
    const count = 5 * expected.length;
    while (world.uplinksOnAir.length < count) await world.time.pass(600000);
    link.close();
    const seen = world.uplinksOnAir.slice(0, count).map(({ modulation: m }) => `${m.frequency} ${m.spreadingFactor}`);
    const pairs = expected.flatMap(({ up }) => [7, 8, 9, 10, 11].map((sf) => `${hertz(up)} ${sf}`));
    t.deepEqual(seen.sort(), pairs.sort());
  }
});

test("the next join begins on the channel that worked; while it goes on, the old session does in its plan", async (t) => {
  const { world, join, flash, start } = node([hertz(482.3)], {}, { silenceLimit: 2 });
  await join();
  const session = new Session(regions.CN470);
  const persistence = persistenceOf(flash, session);
  persistence.load();
  session.joined = false;
  persistence.saveAll();
  const before = world.uplinksOnAir.length;
  const link = await join(start());
  t.is(world.uplinksOnAir.length - before, 1);
  world.outage = true;
  for (let i = 0; i < 6; i++) {
    if (link.wantsRejoin) await world.time.during(link.rejoin());
    t.like(await world.time.during(link.send(1, Buffer.alloc(1))), { sent: true });
    await world.time.pass(3600000);
  }
  const heads = world.uplinksOnAir.slice(before + 1).map(({ payload }) => payload[0]! >> 5);
  t.true(heads.includes(0) && heads.includes(2), "join requests and uplinks");
  for (const { payload, modulation } of world.uplinksOnAir.slice(before + 1))
    if (payload[0]! >> 5 === 2) t.true(channelsOf(plans["26B"].up).includes(modulation.frequency));
});

test("LinkADRReq in plan 26A: a reserved ChMaskCntl is refused, two words are taken", async (t) => {
  const { world, join } = node([hertz(474.3)]);
  const link = await join();
  const answers: string[] = [];
  for (const request of ["03ff000060", "03ff000040" + "03ff010000" + "03ff000120"]) {
    world.server.sendCommands(otaa.devEui, Buffer.from(request, "hex"));
    await world.acknowledged(link, 1);
    await world.time.during(link.send(1, Buffer.alloc(1)));
    answers.push(loraPacket.fromWire(Buffer.from(world.uplinksOnAir.at(-1)!.payload)).FOpts!.toString("hex"));
  }
  t.deepEqual(answers, ["0306", "030703070307"]);
  const before = world.uplinksOnAir.length;
  t.is(await world.acknowledged(link, 8), 8);
  const used = world.uplinksOnAir.slice(before).map(({ modulation }) => modulation.frequency);
  t.deepEqual([...new Set(used)].sort(), [hertz(470.3), hertz(470.3 + 40 * 0.2)]);
});

test("the network's ADR names the sub-band of its gateway by words of the mask, after all are off", async (t) => {
  const { world, join, session } = node([hertz(504.1)], { adr: true, snr: 12 });
  const link = await join();
  await world.acknowledged(link, 12);
  t.deepEqual([...session().channels.mask], [0, 0, 0x00ff, 0, 0]);
  t.is(session().dataRate, 5);
});

test("a network of one plan does not answer requests on another's channels", async (t) => {
  const { world, start } = node(
    all.map(({ up }) => hertz(up)),
    { channelPlan: "26B" },
  );
  const link = start();
  await world.time.during(link.join());
  const last = world.uplinksOnAir.at(-1)!.modulation.frequency;
  t.true(joins["26B"].some(([up]) => hertz(up) === last));
  t.is(world.server.statistics.joins, 1);
  t.true(world.server.statistics.joinsElsewhere > 0);
  t.is(
    whyElsewhere("CN470", hertz(470.3), "26B"),
    "470.3 MHz is for join requests in channel plan 26A, and the gateways are for 26B",
  );
  t.is(whyElsewhere("CN470", hertz(500.1), "26B"), "500.1 MHz is no channel for join requests in CN470");
});

const refused: [what: string, options: Partial<LinkOptions>, message: RegExp][] = [
  ["ABP without a plan", { credentials: abp }, /channelPlan: one of 20A, 20B, 26A, 26B expected/],
  ["ABP with an antenna", { credentials: abp, channelPlan: "20" }, /channelPlan: one of 20A/],
  ["a sub-band without a plan", { subBand: 1 }, /channelPlan: one of 20A/],
  ["a sub-band that the plan does not have", { subBand: 7, channelPlan: "26A" }, /subBand 7: 1 to 6 expected/],
  ["another region's plan", { region: "EU868", channelPlan: "20A" }, /channelPlan 20A: the region has no such plan/],
];
for (const [what, options, message] of refused)
  test(`refused: ${what}`, (t) => {
    const world = new World("CN470");
    t.throws(() => world.node({ region: "CN470", credentials: otaa, flash: new NorFlash(), ...options }), { message });
  });

test("the network server wants an ABP node's plan", (t) => {
  const world = new World("CN470");
  for (const channelPlan of [undefined, "20" as never])
    t.throws(() => world.server.addDevice({ devEui: otaa.devEui, ...abp, channelPlan }), {
      name: "UserError",
      message: /channelPlan .*20A, 20B, 26A, 26B expected in CN470/,
    });
});
