import Timer from "timer";
import { Stepper } from "stepper";

const stepper = new Stepper();
let value = 0;
Timer.repeat(() => {
  value += 1;
  trace(`turn ${value} ${stepper.add(value)}\n`);
}, 1000);
