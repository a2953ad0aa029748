/** The simulated board of fieldnode.manifest.json: another soil moisture in each window, by its transmitter's current; a hum; an LIS3DH that lies tilted. */
import Sleep from "sleep";
import bus from "sim/i2cbus";
import { setLevel } from "sim/levels";
import { Lis3dhSim } from "sim/lis3dh";
import { setSound } from "sim/sound";

/** mA, by window; 0: the wire is open. */
const currents = [18, 6, 0, 12, 18];
const ohms = 100;
/** V at the pin's highest reading. */
const fullScale = 2.45;
/** ms from one window to the next; a program begins shortly before its window. */
const every = 900_000;
const lead = 10_000;

setLevel(36, ((currents[Math.floor((Sleep.rtc + lead) / every)] ?? 0) * ohms) / 1000 / fullScale);
setLevel(35, 1.9 / fullScale);
setSound((time) => 0.1 * Math.sin(2 * Math.PI * 100 * time));
const chip = new Lis3dhSim();
chip.world = () => [1.5, -4, 8.83];
bus.attach(0x18, chip);

export default () => {};
