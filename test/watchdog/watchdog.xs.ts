/** One line from each of several programs: why it began, and when the one before ended. The first does what its argument says. */
import Host from "host";
import Sleep from "sleep";
import Timer from "timer";
import Watchdog from "watchdog";

const what = Host.args[0]!;
trace(`${JSON.stringify({ cause: Sleep.cause, at: Math.round(Sleep.rtc) / 1000, timeout: Watchdog.timeout })}\n`);
if (Sleep.cause !== "power") Host.exit(0);

const seconds = (count: number): number => count * 1000;

switch (what) {
  case "hangs":
    Timer.set(() => {
      for (;;) Math.abs(-1);
    }, seconds(5));
    break;
  case "hangs at once":
    for (;;) Math.abs(-1);
  case "blocks in C":
    Timer.set(() => Timer.delay(seconds(3600)), seconds(5));
    break;
  case "works for long":
    Timer.set(() => {
      const end = Sleep.rtc + seconds(15);
      while (Sleep.rtc < end);
    }, seconds(5));
    Timer.set(() => Host.exit(0), seconds(100));
    break;
  case "is not fed":
    Watchdog.start();
    // The event loop turns, but what was to be done is not.
    Timer.repeat(() => {}, seconds(1));
    break;
  case "is fed for a while":
    Watchdog.start();
    for (let at = 15; at <= 60; at += 15) Timer.set(() => Watchdog.feed(), seconds(at));
    Timer.repeat(() => {}, seconds(1));
    break;
  case "waits for long":
    Timer.set(() => Host.exit(0), seconds(1000));
    break;
  case "feeds before the start":
    Watchdog.feed();
    Timer.set(() => Host.exit(0), seconds(100));
    break;
  case "sleeps":
    Watchdog.start();
    Sleep.deep(seconds(900));
    break;
  case "throws":
    Timer.set(() => {
      throw new RangeError("nobody catches this");
    }, seconds(3));
    break;
  case "takes all memory": {
    const list: number[][] = [];
    for (;;) list.push([list.length]);
  }
}
