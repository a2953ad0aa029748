// Slow: weeks of simulated radio
import test from "ava";
import { silentProgress } from "../../host-tools/lib/progress.js";
import { soak } from "../../host-tools/soak/soak.js";
import { faultsOf } from "../../host-tools/soak/verdict.js";

/** The short form of `npx loam soak`: device code under XS, driver, simulated chips and air; lost frames, resets, power cuts, an outage. */
for (const chip of ["sx1262", "sx1276"] as const) {
  test(`four nodes on ${chip} for two days: nothing confirmed is lost or doubled, no counter used twice, no duty cycle exceeded`, async (t) => {
    t.timeout(300000);
    const figures = await soak({
      region: "EU868",
      nodes: 4,
      gateways: 3,
      days: 2,
      loss: 0.1,
      everySeconds: 900,
      outage: { from: 0.8, to: 1.1 },
      deadDownlinks: undefined,
      namesPayloads: true,
      dataRate: undefined,
      restartDays: 0.4,
      seed: 7,
      chip,
      progress: silentProgress,
    });
    t.deepEqual(faultsOf(figures), []);
    t.true(figures.confirmedMade > 150);
    t.true(
      figures.restarts >= 3 && figures.powerCuts >= 3,
      `${figures.restarts} restarts, ${figures.powerCuts} power cuts`,
    );
    t.true(figures.retransmissions + figures.repeatsFiltered > 0);
    t.log(
      `${figures.confirmedMade} confirmed payloads, ${figures.restarts} restarts, ${figures.powerCuts} power cuts, ${figures.transmissions} transmissions, ${figures.seconds.toFixed(1)} s`,
    );
  });
}
