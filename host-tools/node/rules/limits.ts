import {
  fullScaleVolts,
  loopFull,
  loopHighest,
  loopLowest,
  loopZero,
  lowestVolts,
} from "../../../device/sensors/field/analogConstants.js";
import { gravity } from "../../../device/sensors/field/lis3dhConstants.js";
import { celsius, relativeHumidity } from "../../../device/sensors/field/sht3xConstants.js";
import type { Hardware } from "./wiring.js";

/** 512 steps of 4 mg at 2 g, and so on: slightly more than the nominal full scale. */
const lis3dhReach = 1.024;

/** dBFS of silence, and of a square wave at full scale (soundlevel.ts). */
const soundLowest = -87.3;
const soundHighest = 3.1;

export interface SensorLimits {
  /** The driver's unit and other spellings of it; none: the unit of the calibration. */
  units: readonly string[];
  lowest: number;
  highest: number;
  /** Names the limit in the error text. */
  by: string;
}

const linear = (
  ends: readonly [number, number],
  value: (end: number) => number,
): Pick<SensorLimits, "lowest" | "highest"> => {
  const [lowest, highest] = ends.map(value).sort((a, b) => a - b);
  return { lowest: lowest!, highest: highest! };
};

/** Unit and full scale of a driver's readings; null when they are not known (not undefined, so that the compiler asks for those of a new chip). */
export function limitsOf(hardware: Hardware): SensorLimits | null {
  switch (hardware.chip) {
    case "capacitive": {
      const { dry, wet, dryValue, wetValue } = hardware.calibration;
      const slope = (wetValue - dryValue) / (wet - dry);
      return {
        units: [],
        ...linear([0, 1], (level) => dryValue + (level - dry) * slope),
        by: "the range of this calibration",
      };
    }
    case "sht3x":
      return hardware.quantity === "temperature"
        ? { units: ["°C", "C", "degC"], ...linear([0, 65535], celsius), by: "the range of an sht3x" }
        : { units: ["%RH", "%", "%rH", "% RH"], ...linear([0, 65535], relativeHumidity), by: "the range of an sht3x" };
    case "lis3dh": {
      const end = hardware.fullScale * lis3dhReach * gravity;
      const by = `the range of a lis3dh with a fullScale of ${hardware.fullScale} g`;
      return { units: ["m/s²", "m/s2", "m/s^2"], lowest: -end, highest: end, by };
    }
    case "analog": {
      const { scale, offset } = hardware;
      const by = `what the pin's ${lowestVolts} to ${fullScaleVolts} V give with this scale and offset`;
      return { units: [], ...linear([lowestVolts, fullScaleVolts], (volts) => offset + scale * volts), by };
    }
    case "loop": {
      const slope = (hardware.at20 - hardware.at4) / (loopFull - loopZero);
      const value = (current: number) => hardware.at4 + (current - loopZero) * slope;
      return {
        units: [],
        ...linear([loopLowest, loopHighest], value),
        by: `what ${loopLowest} to ${loopHighest} mA give`,
      };
    }
    case "microphone": {
      const shift = hardware.sensitivity === undefined ? 0 : 94 - hardware.sensitivity;
      const units = hardware.sensitivity === undefined ? ["dBFS", "dB"] : ["dB SPL", "dB", "dBSPL"];
      return { units, lowest: soundLowest + shift, highest: soundHighest + shift, by: "the range of 16 bits" };
    }
    case "ecma419": {
      if (!hardware.fullScale) return null;
      const [lowest, highest] = hardware.fullScale;
      return { units: [], lowest, highest, by: "the fullScale of its hardware" };
    }
  }
}
