import { writeFileSync } from "node:fs";
import path from "node:path";
import type { ActuatorConfig, NodeConfig } from "../../device/config.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { exampleNode, recordDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";

export interface ScriptDay {
  /** What the soil probe reads; 10 is dry. */
  soil: (window: number, second: number) => number | string;
  /** Keys of each actuator. */
  actuators?: Partial<ActuatorConfig>;
  /** Undefined: the firmware's own script. */
  script?: string;
  limits?: NonNullable<NodeConfig["app"]["limits"]>;
  windows?: number;
}

/** Windows of the example's node. */
export async function runDay(
  name: string,
  { soil, actuators, script, limits, windows = 3 }: ScriptDay,
): Promise<SimulationEvent[]> {
  const place = path.join(buildRoot, "test", `script-${process.pid}`, name);
  const example = exampleNode();
  const config: NodeConfig = {
    ...example,
    actuators: example.actuators.map((actuator) => ({ ...actuator, ...actuators })),
    app: { ...example.app, ...(limits && { limits }) },
  };
  const { recording, model } = writeSoilDay(
    place,
    config,
    recordDay(config, windows, (sensor, window, second) => {
      const noise = Math.sin(second * 7 + window);
      if (sensor === "soil") {
        const value = soil(window, second);
        return value === "" ? "" : Number(value) + noise;
      }
      return sensor === "temperature" ? 15 + noise : sensor === "humidity" ? 60 + noise : 0.1 * noise;
    }),
  );
  if (script !== undefined) writeFileSync(path.join(place, "app.js"), script);
  const events: SimulationEvent[] = [];
  const given = script === undefined ? {} : { script: place };
  await simulate({ recording, config, model, ...given, onEvent: (event) => events.push(event) });
  return events;
}

export const logs = (events: SimulationEvent[]): string[] =>
  events.flatMap((event) => (event.event === "log" ? [event.text] : []));
