import test from "ava";
import { regions } from "../../device/lorawan/regions/regions.js";
import type { Run } from "../../device/lorawan/regions/types.js";
import { NorFlash } from "../flash/norflash.js";
import { World, airtime, otaa } from "./simulation.js";

const hour = 3600000;

/** ms on the air of the join requests that ended between two times. */
function spent(world: World, from: number, to: number): number {
  return world.uplinksOnAir
    .filter(({ end }) => end > from && end <= to)
    .reduce((sum, { payload, modulation }) => sum + airtime(modulation, payload.length, true), 0);
}

for (const resets of [false, true]) {
  test(`join back-off over three days without a network${resets ? ", through power cuts that reset the clock" : ""}`, async (t) => {
    const world = new World("EU868", { seed: `join ${resets}` });
    world.outage = true;
    const flash = new NorFlash();
    for (let boot = 0; world.time.now < 72 * hour; boot++) {
      const { link } = world.node({ region: "EU868", credentials: otaa, flash }, 0, world.time.now);
      const joining = link.join().catch(() => undefined);
      await world.time.pass(resets ? world.random.int(1, 40) * 60000 : 72 * hour);
      link.close();
      void joining;
    }
    t.log(
      `${world.uplinksOnAir.length} join requests; ${spent(world, 0, hour).toFixed(0)} ms in the first hour, ${spent(world, hour, 11 * hour).toFixed(0)} in the next ten, ${spent(world, 35 * hour, 59 * hour).toFixed(0)} in a later day`,
    );
    t.true(spent(world, 0, hour) <= 36000);
    t.true(spent(world, hour, 11 * hour) <= 36000);
    // A request of SF12 takes 1.5 s of the day's 8.7: one may fall on either side of the border.
    // A node that loses its clock counts less time than has passed and reaches the last stage later: the limit of the first eleven hours still applies.
    const [span, limit] = resets ? [10, 36000] : [24, 8700];
    for (const from of [11, 24, 35, 48])
      t.true(spent(world, from * hour, (from + span) * hour) <= limit + 1483, `from hour ${from}`);
    t.true(spent(world, 35 * hour, 72 * hour) > 0, "it goes on trying");
    const devNonces = world.uplinksOnAir.map(({ payload }) => Buffer.from(payload).readUInt16LE(17));
    t.is(new Set(devNonces).size, devNonces.length);
  });
}

test("join back-off where no duty cycle applies: US915, KR920", async (t) => {
  for (const region of ["US915", "KR920"] as const) {
    const world = new World(region);
    world.outage = true;
    const { link } = world.node({ region, credentials: otaa, flash: new NorFlash() });
    void link.join().catch(() => undefined);
    await world.time.pass(36 * hour);
    link.close();
    const starts = world.uplinksOnAir.map(({ payload, modulation, end }) => ({
      airtime: airtime(modulation, payload.length, true),
      start: end - airtime(modulation, payload.length, true),
    }));
    // In the first hour each request is followed by 100 to 150 times its airtime, at random; the shortest ones' windows take longer than that.
    const waits = starts
      .slice(1)
      .flatMap(({ start }, i) =>
        start < hour && starts[i]!.airtime > 100 ? [(start - starts[i]!.start) / starts[i]!.airtime] : [],
      );
    t.true(waits.length > 10 && waits.every((wait) => wait >= 100 && wait < 152), waits.join());
    t.true(Math.max(...waits) - Math.min(...waits) > 25, waits.join());
    t.true(spent(world, 0, hour) <= 36000 && spent(world, 0, hour) > 18000, `${region}: ${spent(world, 0, hour)}`);
    t.true(spent(world, hour, 11 * hour) <= 36000 + 1483, region);
    t.true(spent(world, 11 * hour, 35 * hour) <= 8700 + 1483, region);
  }
});

test("nodes powered up at the same moment, with the same random noise, do not send join requests together", async (t) => {
  const times: number[] = [];
  for (let node = 0; node < 60; node++) {
    const world = new World("EU868", { seed: "the same" });
    world.outage = true;
    const devEui = `0004a30b001c05${node.toString(16).padStart(2, "0")}`;
    const { link } = world.node({ region: "EU868", credentials: { ...otaa, devEui }, flash: new NorFlash() });
    void link.join().catch(() => undefined);
    await world.time.pass(11000);
    link.close();
    times.push(world.uplinksOnAir[0]!.end);
  }
  // Over ten seconds: six a second on the average.
  for (let second = 0; second < 10; second++)
    t.true(times.filter((time) => Math.floor(time / 1000) === second).length <= 16, times.map(Math.round).join(" "));
  t.true(Math.max(...times) - Math.min(...times) > 7000);
});

test("a radio failure does not bypass the back-off", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash() });
  world.radioFault = new Error("radio: BUSY stuck");
  await t.throwsAsync(world.time.during(link.join()), { message: /BUSY/ });
  t.is(link.state, "idle");
  const failed = world.time.now;
  await world.time.during(link.join());
  t.true(world.uplinksOnAir[0]!.end - failed > 6000, "1 % of SF7's 61.7 ms");
});

for (const region of ["US915", "AU915"] as const) {
  test(`${region}: a gateway with eight channels is found within 16 attempts, whichever they are`, async (t) => {
    for (let bank = 0; bank < 8; bank++) {
      const { narrow, wide } = regions[region].fixed![0];
      const [{ first, step }] = narrow as [Run];
      const listensOn = (frequency: number) =>
        Math.floor((frequency - first) / step / 8) === bank && (frequency - first) % step === 0
          ? true
          : frequency === wide!.first + bank * wide!.step;
      const world = new World(region, { listensOn, seed: `bank ${bank}` });
      world.server.addDevice(otaa);
      const { link } = world.node({ region, credentials: otaa, flash: new NorFlash() });
      await world.time.during(link.join());
      t.true(world.uplinksOnAir.length <= 16, `${world.uplinksOnAir.length}`);
    }
  });
}
