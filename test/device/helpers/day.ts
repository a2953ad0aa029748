import { readFileSync } from "node:fs";
import path from "node:path";
import type { NodeConfig } from "../../../device/config.js";
import { loamRoot } from "../../../host-tools/lib/paths.js";
import { Random } from "../../../host-tools/lib/random.js";
import { checkConfig } from "../../../host-tools/node/check.js";

export const exampleNode = (): NodeConfig =>
  checkConfig(JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8"))).config;

/** Numbers below 1 from a seed, so that a failure can be reproduced. */
export function generator(seed: number): () => number {
  const random = new Random(`day ${seed}`);
  return () => random.uniform();
}

export const dayStart = Date.UTC(2026, 2, 1) / 1000;

/** A cell of the recording; "" where there is nothing. */
export type Cell = (sensor: string, window: number, second: number) => number | string;

/** A recording in which `cell` says what each sensor reads. */
export function recordDay(
  config: NodeConfig,
  windows: number,
  cell: Cell,
  label: (window: number) => string = () => "",
): string {
  const fastest = Math.max(...config.sensors.map((sensor) => sensor.rate));
  const lines = [["time", ...config.sensors.map((sensor) => sensor.name), "label"].join(",")];
  for (let window = 0; window < windows; window++) {
    for (let i = 0; i < config.window.seconds * fastest; i++) {
      const cells = config.sensors.map((sensor) =>
        i % (fastest / sensor.rate) === 0 ? String(cell(sensor.name, window, i / fastest)) : "",
      );
      lines.push(
        [dayStart + window * config.window.everySeconds + i / fastest, ...cells, i === 0 ? label(window) : ""].join(
          ",",
        ),
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

/** A quiet day on which soil moisture is as `soil` says, the rest plausible noise. */
export function quietDay(config: NodeConfig, windows: number, soil: (window: number) => number, seed = 1): string {
  const random = generator(seed);
  return recordDay(config, windows, (sensor, window) => {
    const noise = random() - 0.5;
    if (sensor === "soil") return (soil(window) + 0.2 * noise).toFixed(3);
    if (sensor === "temperature") return (15 + noise).toFixed(3);
    if (sensor === "humidity") return (60 + noise).toFixed(3);
    return (0.1 * noise).toFixed(4);
  });
}
