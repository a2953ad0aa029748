import type { Path } from "../../lib/jsonPath.js";
import type { Sensor } from "../schema/node.js";

export type Hardware = NonNullable<Sensor["hardware"]>;

/** actuator, supply: an output with an unknown load; output, input: a line to the radio; bus: I2C, with pull-ups; analog: read by the ADC. */
export type Use = "actuator" | "supply" | "output" | "input" | "bus" | "analog";

export interface Line {
  pin: number;
  use: Use;
  path: Path;
  /** Lines with the same value may share the pin. */
  shared?: string;
  /** Of a supply: the level that switches it on. */
  level?: number;
}

export interface I2CWiring {
  data: number;
  clock: number;
  address: number;
}

/** A chip's bus and address, and where they are in its hardware; undefined for what is not on I2C. */
export function i2cOf(hardware: Hardware): { wiring: I2CWiring; path: string[] } | undefined {
  switch (hardware.chip) {
    case "sht3x":
    case "lis3dh":
      return { wiring: hardware, path: [] };
    case "ecma419":
      return "address" in hardware.sensor ? { wiring: hardware.sensor, path: ["sensor"] } : undefined;
    default:
      return undefined;
  }
}

export const busOf = ({ data, clock }: I2CWiring): string => `${data}/${clock}`;

/** Every pin of a sensor. */
export const sensorLines = (hardware: Hardware, path: Path): Line[] => [
  ...signalLines(hardware, path),
  ...supplyLines(hardware, path),
];

/** Sensors may share a supply. */
function supplyLines({ power }: Hardware, path: Path): Line[] {
  if (!power) return [];
  const { pin, level } = power;
  return [{ pin, use: "supply", path: [...path, "power", "pin"], shared: `supply at ${level}`, level }];
}

function signalLines(hardware: Hardware, path: Path): Line[] {
  const i2c = i2cOf(hardware);
  if (i2c && i2c.wiring.data === i2c.wiring.clock) return [];
  if (i2c)
    return (["data", "clock"] as const).map((line) => ({
      pin: i2c.wiring[line],
      use: "bus",
      path: [...path, ...i2c.path, line],
      shared: `${busOf(i2c.wiring)} ${line}`,
    }));
  switch (hardware.chip) {
    case "capacitive":
    case "analog":
    case "loop":
      return [{ pin: hardware.pin, use: "analog", path: [...path, "pin"] }];
    case "microphone":
      return (["clock", "select", "data"] as const).map((line) => ({
        pin: hardware[line],
        use: line === "data" ? "input" : "output",
        path: [...path, line],
        shared: `microphone ${line}`,
      }));
    case "ecma419": {
      const { sensor, driver } = hardware;
      if (!("pin" in sensor)) return [];
      const use = sensor.io === "analog" ? "analog" : "input";
      return [{ pin: sensor.pin, use, path: [...path, "sensor", "pin"], shared: `${driver} pin` }];
    }
    default:
      return [];
  }
}
