/** The battery at several voltages of its pin: one line each. */
import { setLevel } from "sim/levels";
import pins from "sim/pins";
import { readBattery } from "battery";

const battery = { pin: 34, ratio: 2, empty: 3.2, full: 4.2 };
const print = (level: unknown) => trace(`${JSON.stringify(level)}\n`);
const journal = (event: string) => print(event);
/** V at the pin's highest reading. */
const fullScale = 2.45;

for (const volts of [3.7, 4.2, 4.5, 3.2, 2.9]) {
  setLevel(34, volts / battery.ratio / fullScale);
  print(readBattery({ battery, externalPower: false }, journal));
}
print(readBattery({ externalPower: false }, journal));
print(readBattery({ battery: { ...battery, pin: -1 }, externalPower: false }, journal));
print(readBattery({ externalPower: true }, journal));
setLevel(34, 0);
pins.watch((pin, level) => {
  if (pin === 37) setLevel(34, level ? 3.7 / 2 / fullScale : 0);
});
print(readBattery({ battery: { ...battery, enable: { pin: 37, level: 1 } }, externalPower: true }, journal));
print(readBattery({ battery: { ...battery, enable: { pin: 37, level: 0 } }, externalPower: false }, journal));
