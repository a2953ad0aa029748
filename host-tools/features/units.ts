/** Whether recordings are in the units of the description, by their values, in words. */
import { gravityIn, relatives, type Conversion } from "../node/units.js";
import type { Sensor } from "../node/schema/node.js";
import type { SensorSurvey } from "./survey.js";

const shown = (value: number): string => String(Number(value.toPrecision(3)));
const exact = (value: number): string => String(Number(value.toPrecision(5)));

/** Share of samples outside of the range above which it is the unit that is wrong, rather than the samples. */
const manyOutside = 0.01;
/** Part of the range that readings in the right unit may be beyond it, and that they fill at least. */
const slack = 0.05;
const least = 0.02;
/** Parts of gravity by which three axes at rest may be off. */
const gravityOff = 0.15;
/** g: full scales of accelerometers, which they reach to within this part. */
const fullScales = [2, 4, 8, 16];
const scaleOff = 0.03;
const manyHeld = 0.001;

/** What brings readings of another unit to this one, as options of `loam import`. */
function remedy(names: readonly string[], { scale, offset }: Conversion): string {
  const options = names.flatMap((name) => [
    `--scale ${name}=${exact(scale)}`,
    ...(offset === 0 ? [] : [`--offset ${name}=${exact(offset)}`]),
  ]);
  return `npx loam import ${options.join(" ")} converts them`;
}

/** Units in which the readings would be within the range, and fill some of it. */
function fitting(
  { unit, range: [low, high] }: Sensor,
  { lowest, highest }: SensorSurvey,
): { name: string; conversion: Conversion }[] {
  const span = high - low;
  return relatives(unit).filter(({ conversion: { scale, offset } }) => {
    const [from, to] = [scale * lowest + offset, scale * highest + offset];
    return from >= low - slack * span && to <= high + slack * span && to - from >= least * span;
  });
}

/** That readings are outside of the range, and in which unit they would not be. */
export function rangeDoubt(sensor: Sensor, survey: SensorSurvey): string | undefined {
  const { name, unit, range, hardware } = sensor;
  if (survey.outside <= manyOutside * survey.count) return undefined;
  const [first] = fitting(sensor, survey);
  const ends = Math.abs(survey.highest) >= Math.abs(survey.lowest) ? survey.highest : survey.lowest;
  const reach = `${name}: values reach ${shown(ends)} where the description's range is ${range[0]} to ${range[1]} ${unit}`;
  if (first) return `${reach}: are they ${first.name}? ${remedy([name], first.conversion)}`;
  const share = shown((100 * survey.outside) / survey.count);
  return hardware ? undefined : `${reach}, and ${share} % of the samples are outside: the node takes them for faults`;
}

/** That peaks of acceleration were cut off, by readings that stay at what is a full scale. */
export function cutDoubt({ name, unit }: Sensor, survey: SensorSurvey): string | undefined {
  const one = gravityIn(unit);
  if (one === undefined || survey.held <= manyHeld * survey.count) return undefined;
  const end = Math.max(Math.abs(survey.lowest), Math.abs(survey.highest));
  const scale = fullScales.find((each) => Math.abs(end / one / each - 1) < scaleOff);
  return scale === undefined
    ? undefined
    : `${name}: ${survey.held} of ${survey.count} samples stay at ${shown(end)} ${unit}, the end of a full scale of ${scale} g: peaks were cut off. Record with a larger full scale`;
}

/** Three sensors of acceleration whose names end in x, y and z, apart from that alike. */
export function axesByName(sensors: readonly Sensor[]): number[][] {
  const groups = new Map<string, number[]>();
  sensors.forEach(({ name, unit, hardware }, index) => {
    const stem = /^(.*)[xyz]$/i.exec(name)?.[1];
    if (stem === undefined || hardware || gravityIn(unit) === undefined) return;
    groups.set(`${stem} ${unit}`, [...(groups.get(`${stem} ${unit}`) ?? []), index]);
  });
  return [...groups.values()].filter((group) => group.length === 3);
}

/** That gravity is in another unit than the description's. @param constant the axes' mean, taken together */
export function gravityDoubt(axes: readonly Sensor[], constant: number): string | undefined {
  const { unit } = axes[0]!;
  const one = gravityIn(unit)!;
  const isGravity = (value: number): boolean => Math.abs(value / one - 1) < gravityOff;
  if (isGravity(constant)) return undefined;
  const other = relatives(unit).find(({ conversion }) => isGravity(conversion.scale * constant));
  const names = axes.map(({ name }) => name);
  return (
    other &&
    `${names.join(", ")}: the recordings' mean is ${shown(constant)} where gravity is ${shown(one)} ${unit}: are they ${other.name}? ${remedy(names, other.conversion)}`
  );
}
