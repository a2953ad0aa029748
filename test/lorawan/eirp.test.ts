import test from "ava";
import { regions } from "../../device/lorawan/regions/regions.js";
import { Air } from "../../host-tools/air/index.js";
import { attachGateway, collectInAir } from "../../host-tools/gateway/airgateway.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { NorFlash } from "../flash/norflash.js";
import { runRadioNode } from "./radionode.js";
import { World, otaa } from "./simulation.js";

/** A half-wave dipole's gain over isotropic, dB: what ERP refers to. */
const dipole = 2.15;

test("what the feed gets is the EIRP less the antenna's gain: a dipole by default", async (t) => {
  for (const [antennaGain, power] of [
    [undefined, 16 - dipole],
    [0, 16],
    [5.5, 10.5],
    [-3, 19],
  ] as const) {
    const world = new World("EU868");
    world.server.addDevice(otaa);
    const options = antennaGain === undefined ? {} : { antennaGain };
    const { link } = world.node({ region: "EU868", credentials: otaa, flash: new NorFlash(), ...options });
    await world.time.during(link.join());
    t.deepEqual(new Set(world.uplinksOnAir.map((uplink) => uplink.power)), new Set([power]));
  }
});

/** dBm EIRP that RP002-1.0.4 allows by default, and at most what an SX1262 gives. */
const allowed = { EU868: 16, KR920: 14, "AS923-1": 16 } as const;
for (const region of ["EU868", "KR920", "AS923-1"] as const)
  test(`${region}: an SX1262 with a dipole, nothing set, radiates at most ${allowed[region]} dBm EIRP and at most 1 dB less`, async (t) => {
    const air = new Air();
    const server = new NetworkServer({ region, collect: collectInAir(air), adr: false });
    server.addDevice(otaa);
    attachGateway(air, server, "gateway");
    const powers = new Set<number>();
    air.addGateway({ id: "ear", onPacket: ({ power }) => void powers.add(power) });
    await runRadioNode(t, air, { region, everySeconds: 60, makeFor: 300000, endAfter: 3600000 });
    t.true(regions[region].maxEirp <= allowed[region]);
    t.true(powers.size > 0);
    for (const power of powers)
      t.true(power + dipole <= allowed[region] && power + dipole > allowed[region] - 1, `${power} dBm at the pin`);
  });
