import { regions } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { Air } from "../air/index.js";
import { attachForwarder } from "../gateway/airgateway.js";
import type { DeviceRegistration } from "../gateway/types.js";
import { UserError } from "../lib/errors.js";
import { runHost } from "../xs/index.js";
import type { NodeLife } from "../radionode/life.js";
import { buildRadioNode } from "../radionode/program.js";

export interface BehindOptions {
  /** "HOST:PORT" of the network server. */
  forwarder: string;
  /** The simulated gateway's, as the network server knows it. */
  eui: string;
  region: RegionName;
  /** One simulated node per entry; they must be registered at the network server. */
  devices: DeviceRegistration[];
  hours: number;
  everySeconds: number;
  onEvent: (event: Record<string, unknown>) => void;
}

/** Simulated nodes (device code under XS, driver, simulated chip) before one simulated gateway before a real network server. @throws UserError */
export async function runBehindForwarder({
  forwarder: server,
  eui,
  region,
  devices,
  hours,
  everySeconds,
  onEvent,
}: BehindOptions): Promise<void> {
  const program = await buildRadioNode();
  const air = new Air();
  const start = Date.now();
  const forwarder = await attachForwarder(air, { server, eui, epoch: start / 1000, range: regions[region].range });
  const makeUntil = start + hours * 3600000;
  try {
    const runs = devices.map(async (device, i) => {
      const life: NodeLife = {
        chip: "sx1262",
        region,
        credentials: device,
        silenceLimit: 0,
        clockErrorPpm: 20,
        everySeconds,
        outboxBytes: 65536,
        makeUntil,
        endAt: makeUntil + 3600000,
        resetAfter: 0,
      };
      const result = await runHost(program, {
        args: [JSON.stringify(life)],
        air: air.nodePort(device.devEui, { position: { x: 200 + 50 * i, y: 0 }, ppm: (i % 5) * 4 - 8 }),
        seed: i + 1,
        startTime: start,
        onLine: (line) => onEvent({ devEui: device.devEui, ...(JSON.parse(line) as object) }),
      });
      if (result.exitCode !== 0)
        throw new UserError(`node ${device.devEui} ended with exit code ${result.exitCode}:\n${result.stderr}`);
    });
    await Promise.all(runs);
  } finally {
    forwarder.close();
  }
  onEvent({ event: "done", hours, ...forwarder.counts });
}
