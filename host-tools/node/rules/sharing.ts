import { chipKey } from "../../../device/sensors/field/chipkey.js";
import type { Sensor } from "../schema/node.js";
import type { Rule } from "./draft.js";

/** The keys by which sensors on one chip differ; those that each has for itself say more about the quantity. */
const quantities = ["axis", "quantity", "band"];
const own = (chip: string): readonly string[] =>
  chip === "ecma419" ? [...quantities, "scale", "offset", "fullScale"] : quantities;
/** One sensor each: rules/pins.ts refuses another on the same pin. */
const single = ["capacitive", "analog", "loop"];

type Settings = Record<string, unknown>;

/** Sensors that share a chip share its driver: each reports another quantity, at the same rate and with the same settings. */
export const checkSharing: Rule = ({ sensors }, findings) => {
  const chips = new Map<string, number[]>();
  sensors.forEach((sensor, index) => {
    if (!sensor?.hardware || single.includes(sensor.hardware.chip)) return;
    const key = chipKey(sensor.hardware);
    const others = chips.get(key);
    if (!others) return void chips.set(key, [index]);
    const first = others[0]!;
    const path = ["sensors", index];
    if (sensor.rate !== sensors[first]!.rate)
      findings.expected([...path, "rate"], `${sensors[first]!.rate}, as in sensors[${first}] on the same chip`);
    const one = settingsOf(sensors[first]);
    const other = settingsOf(sensor);
    for (const name of new Set([...Object.keys(one), ...Object.keys(other)].toSorted()))
      if (!own(sensor.hardware.chip).includes(name) && JSON.stringify(one[name]) !== JSON.stringify(other[name]))
        findings.expected(
          [...path, "hardware", name],
          `${one[name] === undefined ? "no such key" : JSON.stringify(one[name])}, as in sensors[${first}] for the same chip`,
        );
    const quantity = (at: number) => JSON.stringify(quantities.map((name) => settingsOf(sensors[at])[name]));
    const same = others.find((at) => quantity(at) === quantity(index));
    if (same !== undefined)
      findings.expected(
        [...path, "hardware", quantities.find((name) => name in other) ?? "chip"],
        `another quantity than sensors[${same}], which reports this one`,
      );
    others.push(index);
  });
};

const settingsOf = (sensor: Sensor | undefined): Settings => sensor?.hardware ?? {};
