/** A simulation that is killed (SIGKILL) at its n-th event, whatever it is doing. Arguments: recording, model, state folder, n. */
import { simulate } from "../../../host-tools/simulate/simulate.js";
import { exampleNode } from "./day.js";

const [recording, model, state, last] = process.argv.slice(2) as [string, string, string, string];
let events = 0;
const summary = await simulate({
  recording,
  config: exampleNode(),
  model,
  state,
  onEvent() {
    if (++events === Number(last)) process.kill(process.pid, "SIGKILL");
  },
});
process.stdout.write(JSON.stringify(summary));
