/** The example's description for a development board: its pins in place of those of the example's board. */
import type { NodeConfig, SensorConfig, SensorPower } from "../../device/config.js";
import { boardOf, type BoardName } from "../node/boards.js";

export interface Placed {
  description: NodeConfig;
  /** What found no pin on the board, in words. */
  left: string[];
}

type Hardware = NonNullable<SensorConfig["hardware"]>;

/**
 * @param example as it stands in its file
 * @returns with `board`, the free pins of the board for sensors, supplies and actuators, and without the radio's wiring when that is the board's
 */
export function onBoard(example: NodeConfig, name: BoardName): Placed {
  const { free, radio, supply } = boardOf(name);
  const [analog, outputs] = [[...free.analog], [...free.outputs]];
  const left: string[] = [];

  /** A sensor's supply: that of the board, or an output. */
  const powerOf = ({ power }: Hardware): { power?: SensorPower } => {
    if (!power) return {};
    if (supply) return { power: { ...power, pin: supply.pin, level: supply.level } };
    const pin = outputs.shift();
    if (pin === undefined) left.push("a pin for the supply of the soil probe, which is on all the time");
    return { power: pin === undefined ? undefined : { ...power, pin } };
  };

  const hardwareOf = ({ name: sensor, hardware }: SensorConfig): Hardware | undefined => {
    if (!hardware) return undefined;
    if ("data" in hardware && "address" in hardware && free.i2c)
      return { ...hardware, ...free.i2c, ...powerOf(hardware) };
    const pin = hardware.chip === "capacitive" ? analog.shift() : undefined;
    if (hardware.chip === "capacitive" && pin !== undefined) return { ...hardware, pin, ...powerOf(hardware) };
    left.push(`sensor ${sensor}: no free pin for its ${hardware.chip}, so it has no "hardware"`);
    return undefined;
  };

  const sensors = example.sensors.map((sensor) => ({ ...sensor, hardware: hardwareOf(sensor) }));
  const actuators = example.actuators.flatMap(({ name: actuator, ...rest }) => {
    const pin = outputs.shift();
    if (pin === undefined) left.push(`actuator ${actuator}: no free pin`);
    return pin === undefined ? [] : { name: actuator, ...rest, pin };
  });
  const known = new Set(actuators.map((actuator) => actuator.name));
  const rules = Object.fromEntries(
    Object.entries(example.app.rules ?? {}).map(([label, rule]) => [
      label,
      Object.fromEntries(Object.entries(rule).filter(([actuator]) => known.has(actuator))),
    ]),
  );
  const { board: wiring, ...link } = example.radio;
  const { $schema, name: title, ...rest } = example;
  return {
    description: {
      $schema,
      name: title,
      board: name,
      ...rest,
      sensors,
      actuators,
      radio: (radio ? link : { board: wiring, ...link }) as NodeConfig["radio"],
      app: { ...example.app, rules },
    },
    left,
  };
}
