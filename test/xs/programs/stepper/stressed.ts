/** Collects garbage, and moves what is in XS's heap, whenever XS takes memory. */
import Host from "host";
import Timer from "timer";
import { Stepper } from "stepper";

Host.stress(true);
const stepper = new Stepper();
let value = 0;
Timer.repeat(() => {
  value += 1;
  stepper.add(value);
}, 1000);
