/** The simulated board of devstatus.manifest.json: volts at the battery's pin, behind a divider that a pin connects; "in use": the pin cannot be opened. */
import Analog from "embedded:io/analog";
import Host from "host";
import { setLevel } from "sim/levels";
import pins from "sim/pins";

const [volts, isInUse] = Host.args;
const [pin, enable] = [35, 32];
/** V at the pin's highest reading. */
const fullScale = 2.45;

setLevel(pin, 0);
pins.watch((changed, level) => {
  if (changed === enable) setLevel(pin, level ? Number(volts) / fullScale : 0);
});
if (isInUse) new Analog({ pin });

export default () => {};
