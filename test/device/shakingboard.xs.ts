/** The simulated board of slowflash.manifest.json: an LIS3DH that shakes, and a voltage. */
import bus from "sim/i2cbus";
import { setLevel } from "sim/levels";
import { Lis3dhSim } from "sim/lis3dh";

const chip = new Lis3dhSim();
chip.world = (time) => [0, 0, 9.80665 + Math.sin(2 * Math.PI * 10 * time)];
bus.attach(0x18, chip);
setLevel(34, 0.5);

export default () => {};
