/** Units of measurement that recordings and descriptions have, and what makes one of another. */

interface Unit {
  names: readonly string[];
  quantity: string;
  /** In the quantity's first unit: scale * value + offset. */
  scale: number;
  offset?: number;
}

/** Standard gravity (CGPM 1901). */
const gravity = 9.80665;

const units: readonly Unit[] = [
  { names: ["m/s²", "m/s2", "m/s^2", "ms-2", "ms2", "m/s/s"], quantity: "acceleration", scale: 1 },
  { names: ["g", "gravity"], quantity: "acceleration", scale: gravity },
  { names: ["mg"], quantity: "acceleration", scale: gravity / 1000 },
  { names: ["°c", "c", "degc", "celsius", "cel"], quantity: "temperature", scale: 1 },
  { names: ["kelvin", "k"], quantity: "temperature", scale: 1, offset: -273.15 },
  { names: ["°f", "f", "degf", "fahrenheit"], quantity: "temperature", scale: 5 / 9, offset: -160 / 9 },
  { names: ["rad/s"], quantity: "rotation", scale: 1 },
  { names: ["°/s", "deg/s", "dps"], quantity: "rotation", scale: Math.PI / 180 },
  { names: ["%", "%rh", "% rh", "percent"], quantity: "share", scale: 1 },
  { names: ["fraction", "ratio", "m³/m³", "m3/m3"], quantity: "share", scale: 100 },
  { names: ["pa"], quantity: "pressure", scale: 1 },
  { names: ["hpa", "mbar"], quantity: "pressure", scale: 100 },
  { names: ["kpa"], quantity: "pressure", scale: 1000 },
  { names: ["bar"], quantity: "pressure", scale: 100_000 },
  { names: ["v", "volt", "volts"], quantity: "voltage", scale: 1 },
  { names: ["mv"], quantity: "voltage", scale: 0.001 },
  { names: ["a", "amp", "amps"], quantity: "current", scale: 1 },
  { names: ["ma"], quantity: "current", scale: 0.001 },
  { names: ["ut", "µt"], quantity: "magnetism", scale: 1 },
  { names: ["mgauss", "mg(auss)"], quantity: "magnetism", scale: 0.1 },
];

const find = (name: string): Unit | undefined => units.find(({ names }) => names.includes(name.trim().toLowerCase()));

export interface Conversion {
  scale: number;
  offset: number;
}

function between(from: Unit, to: Unit): Conversion {
  return { scale: from.scale / to.scale, offset: ((from.offset ?? 0) - (to.offset ?? 0)) / to.scale };
}

/** What makes readings in `to` of readings in `from`; undefined: one of them is not known, or they are of other quantities. */
export function conversion(from: string, to: string): Conversion | undefined {
  const [one, other] = [find(from), find(to)];
  return one && one.quantity === other?.quantity ? between(one, other) : undefined;
}

/** Other units of the same quantity, each with what makes readings in `unit` of readings in it. */
export function relatives(unit: string): { name: string; conversion: Conversion }[] {
  const own = find(unit);
  return units.flatMap((other) =>
    own?.quantity === other.quantity && other !== own
      ? [
          {
            name: other.names[0]!.replace(/^°([cf])$/, (_, letter: string) => `°${letter.toUpperCase()}`),
            conversion: between(other, own),
          },
        ]
      : [],
  );
}

/** Gravity in a unit of acceleration; undefined: it is none. */
export const gravityIn = (unit: string): number | undefined =>
  find(unit)?.quantity === "acceleration" ? gravity * conversion("m/s²", unit)!.scale : undefined;
