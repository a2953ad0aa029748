import config from "mc/config";
import Time from "time";
import Timer from "timer";

trace(`answer ${config.answer}\n`);
let ticks = 0;
Timer.repeat((timer) => {
  trace(`tick ${++ticks} at ${Time.ticks}\n`);
  if (ticks === 3) Timer.clear(timer);
}, 1000);
Timer.set(() => trace(`date ${new Date().toISOString()}\n`), 1500);
