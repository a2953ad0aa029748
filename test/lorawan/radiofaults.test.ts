import test from "ava";
import { Air } from "../../host-tools/air/index.js";
import { attachGateway, collectInAir } from "../../host-tools/gateway/airgateway.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { NorFlash } from "../flash/norflash.js";
import { runRadioNode } from "./radionode.js";
import { World, otaa } from "./simulation.js";

const error = new Error("radio: BUSY stuck");

test("a radio that fails in RX1 hears RX2, in a join and after an uplink; each fault is reported", async (t) => {
  const world = new World("EU868", { window: 2 });
  world.server.addDevice(otaa);
  world.windowFault = { window: 1, error };
  const faults: unknown[] = [];
  const onRadioError = (fault: unknown) => void faults.push(fault);
  const { link } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash(), onRadioError });
  await world.time.during(link.join());
  t.is(link.state, "joined");
  t.deepEqual(
    faults,
    world.uplinksOnAir.map(() => error),
  );
  t.like(await world.time.during(link.send(1, Buffer.alloc(5), { confirmed: true })), {
    sent: true,
    acknowledged: true,
    counter: 0,
  });
});

test("an uplink that was on the air is sent, though the radio fails in both windows", async (t) => {
  const world = new World("EU868");
  world.server.addDevice(otaa);
  const { link } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash() });
  await world.time.during(link.join());
  for (const window of [1, 2]) {
    world.windowFault = { window, error };
    t.like(await world.time.during(link.send(1, Buffer.alloc(5))), {
      sent: true,
      acknowledged: false,
      transmissions: 1,
    });
  }
  t.is(world.server.statistics.uplinks, 2);
});

test("under XS, BUSY of an SX1262 that sticks in each RX1: the driver resets the chip, and RX2 brings every answer", async (t) => {
  const air = new Air();
  let uplinks = 0;
  const server = new NetworkServer({
    region: "EU868",
    window: 2,
    collect: collectInAir(air),
    onUplink: () => void uplinks++,
  });
  server.addDevice(otaa);
  attachGateway(air, server, "gateway");
  const lines = await runRadioNode(t, air, {
    region: "EU868",
    everySeconds: 60,
    makeFor: 600000,
    endAfter: 3600000,
    stuck: "900000 1150000",
  });
  const troubles = lines.filter((line) => line.includes("trouble"));
  t.true(uplinks >= 8 && troubles.length >= uplinks, `${uplinks} uplinks, ${troubles.length} faults`);
  for (const line of troubles) t.regex(line, /holds BUSY high/);
  t.is(server.statistics.retransmissions, 0);
});
