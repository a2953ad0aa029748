/** The battery at several voltages of its pin: one line each. */
import { setLevel } from "sim/levels";
import { readBattery } from "battery";

const battery = { pin: 34, ratio: 2, empty: 3.2, full: 4.2 };
const print = (level: unknown) => trace(`${JSON.stringify(level)}\n`);
const journal = (event: string) => print(event);
/** V at the pin's highest reading. */
const fullScale = 2.45;

for (const volts of [3.7, 4.2, 4.5, 3.2, 2.9]) {
  setLevel(34, volts / battery.ratio / fullScale);
  print(readBattery(battery, journal));
}
print(readBattery(undefined, journal));
print(readBattery({ ...battery, pin: -1 }, journal));
