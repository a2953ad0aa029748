import { Stepper } from "stepper";
import Time from "time";

const stepper = new Stepper();
for (let value = 1; value <= 20; value++) {
  stepper.add(value);
  trace(`${Time.microseconds}\n`);
}
