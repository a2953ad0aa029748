import Modules from "modules";
import type { BatteryConfig, NodeConfig } from "./config.js";
import { errorText } from "./errortext.js";
import type { Journal } from "./uplinksender.js";

/** As in DevStatusAns: 0 external power, 1 empty to 254 full, 255 unknown; and mV, 0 when unknown. */
export interface BatteryLevel {
  level: number;
  millivolts: number;
}

const unknown: BatteryLevel = { level: 255, millivolts: 0 };
const externalPower = 0;
const [lowest, highest] = [1, 254];

/** Measures the battery. Unknown where the description has none, the firmware has no ADC, and where that fails. */
export function readBattery(config: Pick<NodeConfig, "battery" | "externalPower">, journal: Journal): BatteryLevel {
  const measured = measure(config.battery, journal);
  return config.externalPower ? { ...measured, level: externalPower } : measured;
}

function measure(battery: BatteryConfig | undefined, journal: Journal): BatteryLevel {
  // By name, so that only firmware with a battery has the ADC (sensors.json).
  if (!battery || !Modules.has("batteryVoltage")) return unknown;
  const { ratio, empty, full } = battery;
  try {
    const voltageOf = Modules.importNow("batteryVoltage") as (battery: BatteryConfig) => number;
    const volts = voltageOf(battery) * ratio;
    const share = Math.min(1, Math.max(0, (volts - empty) / (full - empty)));
    return { level: lowest + Math.round(share * (highest - lowest)), millivolts: Math.round(volts * 1000) };
  } catch (error) {
    journal("battery failed", { error: errorText(error) });
    return unknown;
  }
}

/** For the app script: 0..1, on external power 1; undefined when it is not known. */
export const batteryShare = ({
  level,
  millivolts,
}: BatteryLevel): { level: number | undefined; millivolts: number } => ({
  level: level === unknown.level ? undefined : (level || highest) / highest,
  millivolts,
});
