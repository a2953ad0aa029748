/** Two timers of a script that fails with the first: what reaches the one that takes over. */
import Timer from "timer";
import { ScriptHost } from "script/scripthost";
import { Strikes } from "script/strikes";
import { ScriptTimers } from "script/timers";

const failing = `export default (api) => ({
  onVerdict() {},
  onTimer(name) { api.log("failing: onTimer " + name); throw new Error("no"); },
})`;
const say = (what: string): void => trace(`${what}\n`);

function run(isBusy: boolean, next: () => void): void {
  const strikes = new Strikes({ strikes: "" }, false);
  // They last in RTC memory.
  strikes.forgive();
  let isFree = true;
  const timers: ScriptTimers = new ScriptTimers(
    () => Date.now(),
    (name) => host.post("onTimer", name),
    () => true,
    () => host.isStarting,
  );
  const host: ScriptHost = new ScriptHost({
    limits: { seconds: 1, bytes: 20480, stack: 384, calls: 100 },
    strikes,
    source: () => failing,
    info: () => ({}),
    answer: (_, [text]) => say(String(text)),
    isFree: () => isFree,
    uptime: () => Date.now(),
    onFailure: () => {},
    onReplaced() {
      say("replaced");
      timers.clearAll();
    },
    onStartFailed: say,
    onUnhandled: ([name]) => say(`unhandled: ${name}`),
    onBegin: () => {},
    onRestart: () => false,
  });
  host.compile();
  host.start();
  strikes.add(host.id);
  strikes.add(host.id);
  timers.set("a", 1, false);
  timers.set("b", 1, false);
  isFree = !isBusy;
  Timer.set(() => {
    isFree = true;
    host.post("onVerdict", {});
    next();
  }, 3000);
}

run(false, () => run(true, () => {}));
