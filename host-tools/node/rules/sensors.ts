import { gravity } from "../../../device/sensors/field/lis3dhConstants.js";
import { celsius, relativeHumidity } from "../../../device/sensors/field/sht3xConstants.js";
import type { Path } from "../../lib/jsonPath.js";
import type { Findings } from "../findings.js";
import type { Sensor } from "../schema/node.js";
import type { Draft, Rule } from "./draft.js";

type Hardware = NonNullable<Sensor["hardware"]>;

/** 512 steps of 4 mg at 2 g, and so on: slightly more than the nominal full scale. */
const lis3dhReach = 1.024;

interface SensorLimits {
  /** The driver's unit and other spellings of it; none: the unit of the calibration. */
  units: readonly string[];
  lowest: number;
  highest: number;
  /** Names the limit in the error text. */
  by: string;
}

/** Unit and range of a driver's readings. */
function limitsOf(hardware: Hardware): SensorLimits {
  switch (hardware.chip) {
    case "capacitive": {
      const { dry, wet, dryValue, wetValue } = hardware.calibration;
      const slope = (wetValue - dryValue) / (wet - dry);
      const ends = [dryValue - dry * slope, dryValue + (1 - dry) * slope].sort((a, b) => a - b);
      return { units: [], lowest: ends[0]!, highest: ends[1]!, by: "the range of this calibration" };
    }
    case "sht3x":
      return hardware.quantity === "temperature"
        ? { units: ["°C", "C", "degC"], lowest: celsius(0), highest: celsius(65535), by: "the range of an sht3x" }
        : {
            units: ["%RH", "%", "%rH", "% RH"],
            lowest: relativeHumidity(0),
            highest: relativeHumidity(65535),
            by: "the range of an sht3x",
          };
    case "lis3dh": {
      const end = hardware.fullScale * lis3dhReach * gravity;
      const by = `the range of a lis3dh with a fullScale of ${hardware.fullScale} g`;
      return { units: ["m/s²", "m/s2", "m/s^2"], lowest: -end, highest: end, by };
    }
  }
}

/** Rates, ranges and units must be supported by the chip. */
export const checkSensors: Rule = ({ sensors }: Draft, findings) => {
  sensors.forEach((sensor, index) => {
    if (!sensor?.hardware) return;
    checkRate(sensor, ["sensors", index, "rate"], findings);
    if (sensor.hardware.chip === "capacitive" && !checkCalibration(sensor, sensor.hardware, index, findings)) return;
    checkLimits(sensor, limitsOf(sensor.hardware), ["sensors", index], findings);
  });
};

function checkRate({ rate, hardware }: Sensor, path: Path, findings: Findings): void {
  if (hardware?.chip === "lis3dh") {
    // Polled every 250 ms: above 100 Hz its FIFO of 32 samples would overrun.
    if (rate % 4 || rate > 100) findings.expected(path, "a multiple of 4 up to 100, the rates of a LIS3DH");
  } else if (rate !== 1 && rate !== 4)
    findings.expected(path, `1 or 4 for the chip ${hardware?.chip}, which is polled`);
}

/** @returns whether the two points define a line */
function checkCalibration(
  { range: [low, high] }: Sensor,
  hardware: Extract<Hardware, { chip: "capacitive" }>,
  index: number,
  findings: Findings,
): boolean {
  const path = ["sensors", index, "hardware", "calibration"];
  const { dry, wet, dryValue, wetValue } = hardware.calibration;
  if (dry === wet) findings.expected([...path, "wet"], "a value that differs from dry");
  if (dryValue === wetValue)
    findings.expected([...path, "wetValue"], "a value that differs from dryValue: otherwise every reading is the same");
  for (const [key, value] of [
    ["dryValue", dryValue],
    ["wetValue", wetValue],
  ] as const)
    if (value < low || value > high)
      findings.expected(
        [...path, key],
        `a value within the sensor's range, ${low} to ${high}: a calibrated point must not be a fault`,
      );
  return dry !== wet && dryValue !== wetValue;
}

function checkLimits(
  { unit, range: [low, high] }: Sensor,
  { units, lowest, highest, by }: SensorLimits,
  path: Path,
  findings: Findings,
): void {
  const round = (end: number) => Number(end.toPrecision(4));
  const near = 1e-9 * (highest - lowest);
  if (low < lowest - near || high > highest + near)
    findings.expected(
      [...path, "range"],
      `limits within ${round(lowest)} to ${round(highest)} ${units[0] ?? unit}, ${by}`,
    );
  if (units.length > 0 && !units.includes(unit))
    findings.add("warning", [...path, "unit"], `, but the driver gives ${units[0]}`);
}
