import test from "ava";
import { Air } from "../../host-tools/air/index.js";
import { attachGateway, collectInAir } from "../../host-tools/gateway/airgateway.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { runRadioNode } from "./radionode.js";
import { otaa } from "./simulation.js";

/** RX1 two rates slower and RX2 at DR3 on 869.7 MHz; RX1 after 4 s; channels 0 to 7 answered on 869.525 MHz; channel 8 at 867.4 MHz; a duty cycle of 1/2. */
const requests = [
  "0523a8b484",
  "0804",
  ...Array.from({ length: 8 }, (_, i) => `0a0${i}d2ad84`),
  "0708d05a8450",
  "0401",
];

for (const window of [1, 2] as const) {
  test(`device code under XS: the network changes every receive window parameter, and every acknowledgement still arrives in RX${window}`, async (t) => {
    const air = new Air();
    const server = new NetworkServer({ region: "EU868", collect: collectInAir(air), window, adr: false });
    server.addDevice(otaa);
    attachGateway(air, server, "gateway");
    requests.forEach((request, i) =>
      air.at((600 + 900 * i) * 1e6, () => server.sendCommands(otaa.devEui, Buffer.from(request, "hex"))),
    );
    await runRadioNode(t, air, { region: "EU868", everySeconds: 120, makeFor: 14400000, endAfter: 21600000 });
    const { channels, ...parameters } = server.parametersOf(otaa.devEui)!;
    t.deepEqual(parameters, {
      rxDelay: 4,
      rx1Offset: 2,
      rx2DataRate: 3,
      rx2Frequency: 869700000,
      downlinkDwell: false,
    });
    t.deepEqual(
      channels.slice(0, 8).map((channel) => channel?.down),
      Array<number>(8).fill(869525000),
    );
    t.like(channels[8], { frequency: 867400000, down: 0 });
    const { retransmissions, downlinks, uplinks } = server.statistics;
    t.true(downlinks > uplinks / 3, `${downlinks} downlinks, ${uplinks} uplinks`);
    t.is(retransmissions, 0);
  });
}
