/** The simulated board of hostile.manifest.json, before the node's program begins. */
import bus from "sim/i2cbus";
import { setLevel } from "sim/levels";
import pins from "sim/pins";
import Timer from "timer";

/** ms: the SDK's timeout of a transfer. */
const timeout = 400;

// A chip that holds the clock low.
bus.attach(0x48, {
  write: () => true,
  read() {
    Timer.delay(timeout);
    return false;
  },
});

// Of 2.45 V; the sensor's scale makes it 40.
setLevel(34, 0.5);

/** When the node has begun: the outputs, and the sensors' supplies. */
const watched = [25, 26, 23, 16];
Timer.set(() => {
  const levels = Object.fromEntries(watched.map((pin) => [pin, pins.read(pin)]));
  trace(`${JSON.stringify({ event: "pins", at: Date.now() / 1000, levels })}\n`);
}, 500);

export default () => {};
