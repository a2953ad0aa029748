import type { NodeConfig } from "../../device/config.js";
import type { DayWindow } from "./day.js";

/** Digits after the point: what a sensor of this kind resolves. */
const digits = { soil: 2, temperature: 2, humidity: 2, vibration: 3 };

/**
 * A day as CSV: one row per vibration sample; slower sensors and the label are blank in between.
 * @param start of the day, seconds on the simulation's clock
 */
export function dayToCsv(config: NodeConfig, start: number, windows: Iterable<DayWindow>): string {
  const rate = config.sensors.find(({ name }) => name === "vibration")!.rate;
  const { seconds, everySeconds } = config.window;
  // Enough that neighbours differ and each is nearest to its own place.
  const timeDigits = Math.ceil(Math.log10(4 * rate)) - 1;
  const lines = ["time,soil,temperature,humidity,vibration,label"];
  let index = 0;
  for (const { truth, slow, vibration, cutOff } of windows) {
    const from = start + index++ * everySeconds;
    for (let i = 0; i < seconds * rate; i++) {
      const second = i / rate;
      const show = (name: keyof typeof digits, value: number): string =>
        Number.isNaN(value) || (cutOff?.sensor === name && second >= cutOff.from && second < cutOff.to)
          ? ""
          : value.toFixed(digits[name]);
      const time = (from + second).toFixed(timeDigits);
      const last = show("vibration", vibration[i]!);
      if (i % rate !== 0) lines.push(`${time},,,,${last},`);
      else
        lines.push(
          `${time},${show("soil", slow.soil[second]!)},${show("temperature", slow.temperature[second]!)},${show("humidity", slow.humidity[second]!)},${last},${i === 0 ? truth.label : ""}`,
        );
    }
  }
  lines.push("");
  return lines.join("\n");
}
