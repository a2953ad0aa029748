import { fullScaleVolts } from "../../../device/sensors/field/analogConstants.js";
import type { Rule } from "./draft.js";

/** A full battery must be more than an empty one, and within what the ADC measures. */
export const checkBattery: Rule = ({ battery }, findings) => {
  if (!battery) return;
  const { ratio, empty, full } = battery;
  if (full <= empty) findings.expected(["battery", "full"], `more than the ${empty} V of an empty battery`);
  else if (full > ratio * fullScaleVolts)
    findings.expected(
      ["battery", "full"],
      `at most the ${(ratio * fullScaleVolts).toFixed(2)} V that give ${fullScaleVolts} V at the pin with this ratio`,
    );
};
