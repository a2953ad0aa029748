import test from "ava";
import { DutyCycle } from "../../device/lorawan/dutycycle.js";
import { JoinBackoff } from "../../device/lorawan/joinbackoff.js";
import { SessionPersistence } from "../../device/lorawan/sessionpersistence.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { Session } from "../../device/lorawan/session.js";
import { NorFlash } from "../flash/norflash.js";
import { World, abp, otaa } from "./simulation.js";

test("counters roll over 65,536 both ways, and end at 2^32", async (t) => {
  for (const start of [65530, 0xfffffff4]) {
    const world = new World("EU868", { adr: false });
    world.server.addDevice({ devEui: otaa.devEui, ...abp });
    const flash = new NorFlash();
    const node = { region: "EU868", credentials: abp, flash, dataRate: 5 } as const;
    // The first boot stores the session.
    world.node(node);
    keepCounters(flash, start);
    world.server.setCounters(otaa.devEui, start - 1, start);
    const { link } = world.node(node, 0, world.time.now);
    for (let i = 0; i < 11; i++) {
      t.like(await world.time.during(link.send(1, Buffer.alloc(1), { confirmed: true })), {
        sent: true,
        acknowledged: true,
        counter: start + i,
      });
    }
    if (start < 70000) continue;
    t.like(await world.time.during(link.send(1, Buffer.alloc(1))), { sent: false, reason: "exhausted" });
    t.is(link.state, "exhausted");
    await t.throwsAsync(link.join(), { message: /counter/ });
  }
});

/** Sets the stored session's counters as if frames up to `next` - 1 had been sent and received. */
function keepCounters(flash: NorFlash, next: number): void {
  const session = new Session(regions.EU868);
  const clock = { now: () => 0, until: () => Promise.resolve() };
  const duty = new DutyCycle(regions.EU868);
  const persistence = new SessionPersistence({ flash, session, duty, backoff: new JoinBackoff(), clock });
  persistence.load();
  session.fCntUpLimit = next;
  session.fCntDown = next - 1;
  persistence.saveAll();
}
