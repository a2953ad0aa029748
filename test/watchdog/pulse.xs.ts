/** Sampling that stops while the event loop turns: one line from each program. */
import Host from "host";
import Sleep from "sleep";
import Timer from "timer";
import { startPulse } from "pulse";

trace(`${JSON.stringify({ cause: Sleep.cause, at: Math.round(Sleep.rtc) / 1000 })}\n`);
if (Sleep.cause !== "power") Host.exit(0);

const step = 1000;
let dueAt = Sleep.rtc + step;
startPulse(
  () => dueAt,
  () => Sleep.rtc,
);
const sampling = Timer.repeat(() => (dueAt = Sleep.rtc + step), step);
Timer.set(() => Timer.clear(sampling), 300_000);
Timer.repeat(() => {}, step);
