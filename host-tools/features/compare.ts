/** Where recordings are not what the described board would measure, in words. A model that was trained on them fails there. */
import { chipKey } from "../../device/sensors/field/chipkey.js";
import { gravity } from "../../device/sensors/field/lis3dhConstants.js";
import { limitsOf } from "../node/rules/limits.js";
import type { CheckedNode, Sensor } from "../node/schema/node.js";
import type { SensorSurvey } from "./survey.js";
import { axesByName, cutDoubt, gravityDoubt, rangeDoubt } from "./units.js";
import { medianOf } from "../lib/numbers.js";

/** Share of samples above which a difference is no accident. */
const manyOutside = 0.01;
const manyCut = 0.001;
/** m/s²: a constant acceleration above this is gravity, or part of it, through a high-pass filter that is not on. */
const throughFilter = 0.5;
/** m/s²: an LIS3DH has an offset of 40 mg, and hardly any axis is level to half a degree. */
const filtered = 0.1;
/** m/s² by which a board at rest may be off 9.8: offset and sensitivity of three axes. */
const gravityOff = 1.5;

/** @returns one sentence each */
export function compareRecordings(config: CheckedNode, surveys: readonly SensorSurvey[]): string[] {
  const { sensors } = config;
  const inOtherUnits = axesByName(sensors).flatMap((axes) => {
    const constant = constantOf(axes, surveys);
    const said =
      constant === undefined
        ? undefined
        : gravityDoubt(
            axes.map((axis) => sensors[axis]!),
            constant,
          );
    return said === undefined ? [] : [{ axes, said }];
  });
  const byName = new Set(inOtherUnits.flatMap(({ axes }) => axes));
  return [
    ...sensors.flatMap((sensor, index) => compareSensor(sensor, surveys[index]!, byName.has(index))),
    ...inOtherUnits.map(({ said }) => said),
    ...accelerometers(sensors).flatMap((axes) => compareGravity(sensors, axes, surveys)),
  ];
}

const shown = (value: number): string => String(Number(value.toPrecision(3)));

/** @param isDoubted whether its unit is doubted already */
function compareSensor(sensor: Sensor, survey: SensorSurvey, isDoubted: boolean): string[] {
  const { name, unit, range, hardware } = sensor;
  if (survey.count === 0) return [];
  const doubts = [
    ...(isDoubted ? [] : [rangeDoubt(sensor, survey)]),
    ...(hardware?.chip === "lis3dh" ? [] : [cutDoubt(sensor, survey)]),
  ];
  const doubted = doubts.filter((doubt) => doubt !== undefined);
  if (!hardware) return doubted;
  const said: string[] = [];
  const share = (count: number) => `${count} of ${survey.count} samples (${shown((100 * count) / survey.count)} %)`;
  const foreign = foreignUnit(hardware, survey);
  if (foreign !== undefined) return [`${name}: ${foreign}`];
  if (doubted.length > 0) return doubted;
  const limits = limitsOf(hardware);
  const isCut = hardware.chip === "lis3dh" || hardware.chip === "microphone";
  if (limits && survey.beyond > 0)
    said.push(
      `${name}: ${share(survey.beyond)} are beyond ${shown(limits.lowest)} to ${shown(limits.highest)} ${unit}, ${limits.by}; they reach from ${shown(survey.lowest)} to ${shown(survey.highest)}. The board cannot measure them`,
    );
  if (limits && isCut && survey.atEnds > manyCut * survey.count)
    said.push(
      `${name}: ${share(survey.atEnds)} are at an end of ${shown(limits.lowest)} to ${shown(limits.highest)} ${unit}, ${limits.by}: peaks were cut off. Record with a larger full scale`,
    );
  if (survey.outside > manyOutside * survey.count)
    said.push(
      `${name}: ${share(survey.outside)} are outside the range ${range[0]} to ${range[1]} ${unit}: the node takes them for faults`,
    );
  return said;
}

/** A unit that the driver does not give, by the values. */
function foreignUnit(hardware: NonNullable<Sensor["hardware"]>, survey: SensorSurvey): string | undefined {
  if (hardware.chip !== "sht3x") return undefined;
  const mean = medianOf(survey.means);
  if (hardware.quantity === "temperature" && mean > 200)
    return `the recordings' mean is ${shown(mean)}, which are kelvins; the board measures °C`;
  if (hardware.quantity === "humidity" && survey.highest <= 1)
    return `the recordings reach from ${shown(survey.lowest)} to ${shown(survey.highest)}, which are fractions; the board measures %`;
  return undefined;
}

/** Axis of acceleration in m/s² that a sensor reports. */
function axisOf({ hardware, unit }: Sensor): string | undefined {
  if (hardware?.chip === "lis3dh") return hardware.axis;
  if (hardware?.chip !== "ecma419" || !unit.startsWith("m/s")) return undefined;
  return /^(?:accelerometer\.)?([xyz])$/.exec(hardware.quantity)?.[1];
}

/** Sensors that are axes of one chip. */
function accelerometers(sensors: readonly Sensor[]): number[][] {
  const groups = new Map<string, number[]>();
  sensors.forEach((sensor, index) => {
    if (axisOf(sensor) === undefined) return;
    const key = chipKey(sensor.hardware!);
    groups.set(key, [...(groups.get(key) ?? []), index]);
  });
  return [...groups.values()];
}

/** The length of the axes' means, taken together: the median of all windows; undefined: there are none. */
function constantOf(axes: readonly number[], surveys: readonly SensorSurvey[]): number | undefined {
  const windows = Math.min(...axes.map((axis) => surveys[axis]!.means.length));
  if (windows === 0) return undefined;
  return medianOf(
    Array.from({ length: windows }, (_, window) => Math.hypot(...axes.map((axis) => surveys[axis]!.means[window]!))),
  );
}

function compareGravity(sensors: readonly Sensor[], axes: number[], surveys: readonly SensorSurvey[]): string[] {
  const constant = constantOf(axes, surveys);
  if (constant === undefined) return [];
  const names = axes.map((axis) => sensors[axis]!.name).join(", ");
  const hardware = sensors[axes[0]!]!.hardware!;
  const mean = `${names}: the recordings' mean is ${shown(constant)} m/s²`;
  if (hardware.chip === "lis3dh" && hardware.highPass)
    return constant > throughFilter
      ? [
          `${mean}: they hold gravity, which "highPass": true takes away on the board. Set highPass to false, or record with the filter`,
        ]
      : [];
  const remedy =
    hardware.chip === "lis3dh"
      ? 'set "highPass": true, if they were recorded with the filter'
      : "record without a filter";
  if (constant < filtered)
    return [
      `${mean}: they hold no gravity, which the board measures${axes.length < 3 ? ", unless the axis is level" : ""}; ${remedy}`,
    ];
  if (axes.length === 3 && Math.abs(constant - 1) < gravityOff / gravity)
    return [`${mean}: they are in g; the board measures m/s², of which gravity is ${shown(gravity)}`];
  if (constant > gravity + gravityOff || (axes.length === 3 && constant < gravity - gravityOff))
    return [`${mean}, and a board at rest measures ${shown(gravity)}: another unit, or another scale`];
  return [];
}
