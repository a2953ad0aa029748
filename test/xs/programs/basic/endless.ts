import Timer from "timer";

let ticks = 0;
Timer.repeat(() => trace(`tick ${++ticks}\n`), 1000);
