import { loopHighest, loopLowest, fullScaleVolts, lowestVolts } from "../../../device/sensors/field/analogConstants.js";
import { isWhole } from "../../../device/config.js";
import type { Path } from "../../lib/jsonPath.js";
import type { Findings } from "../findings.js";
import { unknownName } from "tfjs-to-tflite/lib/nearest.js";
import type { Sensor } from "../schema/node.js";
import { sdkDriverInstead, sdkDrivers } from "../sdkDrivers.js";
import type { Draft, Rule } from "./draft.js";
import { limitsOf, type SensorLimits } from "./limits.js";
import { checkMicrophone } from "./microphone.js";
import type { Hardware } from "./wiring.js";

/** Rates, ranges and units must be supported by the chip. */
export const checkSensors: Rule = ({ sensors }: Draft, findings) => {
  sensors.forEach((sensor, index) => {
    if (!sensor?.hardware) return;
    checkRate(sensor, ["sensors", index, "rate"], findings);
    if (!checkHardware(sensor, index, findings)) return;
    const limits = limitsOf(sensor.hardware);
    if (limits) checkLimits(sensor, limits, ["sensors", index], findings);
  });
};

function checkRate({ rate, hardware }: Sensor, path: Path, findings: Findings): void {
  switch (hardware?.chip) {
    case "lis3dh":
      // Polled every 250 ms: above 100 Hz its FIFO of 32 samples would overrun.
      if (rate < 4 || rate > 100) findings.expected(path, "a number from 4 to 100, the rates of a LIS3DH");
      return;
    case "capacitive":
    case "sht3x":
      if (rate > 1 && rate !== 4)
        findings.expected(path, `4, or 1 and less, for the chip ${hardware.chip}, which is polled`);
      return;
    case "microphone":
      if (rate > 50 || !isWhole(hardware.sampleRate / rate))
        findings.expected(path, `a divisor of the sampleRate, ${hardware.sampleRate}, up to 50: blocks a second`);
      return;
    default:
      if (rate > 50 || (rate > 1 && !isWhole(1000 / rate)))
        findings.expected(
          path,
          `at most 50 and, above 1, whole ms from one sample to the next (2, 4, 5, 8, 10, 12.5, 20, 25, 40, 50, ...) for the chip ${hardware?.chip}, which is polled`,
        );
  }
}

/** @returns whether its range can be compared with its full scale */
function checkHardware(sensor: Sensor, index: number, findings: Findings): boolean {
  const hardware = sensor.hardware!;
  const path = ["sensors", index, "hardware"];
  switch (hardware.chip) {
    case "capacitive":
      return checkCalibration(sensor, hardware, index, findings);
    case "loop":
      return checkLoop(hardware, path, findings);
    case "microphone":
      checkMicrophone(sensor, hardware, path, findings);
      return true;
    case "ecma419":
      checkDriver(hardware, [...path, "driver"], findings);
      return true;
    default:
      return true;
  }
}

function checkDriver(
  { driver, manifest }: Extract<Hardware, { chip: "ecma419" }>,
  path: Path,
  findings: Findings,
): void {
  if (manifest !== undefined || sdkDrivers.includes(driver)) return;
  const instead = sdkDriverInstead(driver);
  if (instead !== undefined)
    return findings.expected(
      path,
      `"${instead}", which reads the same chip: this driver of the SDK throws with every sample`,
    );
  findings.add(
    "error",
    path,
    `${unknownName("driver in the SDK", driver, sdkDrivers)}; for a driver of your own name its "manifest"`,
  );
}

function checkLoop({ ohms, at4, at20 }: Extract<Hardware, { chip: "loop" }>, path: Path, findings: Findings): boolean {
  const most = Math.floor((1000 * fullScaleVolts) / loopHighest);
  const least = Math.ceil((1000 * lowestVolts) / loopLowest);
  if (ohms > most || ohms < least)
    findings.expected(
      [...path, "ohms"],
      `${least} to ${most} Ω: ${loopLowest} to ${loopHighest} mA must give the ${lowestVolts} to ${fullScaleVolts} V that the pin measures`,
    );
  if (at4 === at20) findings.expected([...path, "at20"], "a value that differs from at4");
  return at4 !== at20;
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
