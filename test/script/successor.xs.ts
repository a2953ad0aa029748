/** Two timers of a script that fails with the first, or as it is started for them: what reaches the one that takes over. */
import Timer from "timer";
import { ScriptHost } from "script/scripthost";
import { Strikes } from "script/strikes";
import { ScriptTimers } from "script/timers";

const unstartable = `export default () => { throw new Error("no"); }`;
const failing = `export default (api) => ({
  onVerdict() {},
  onTimer(name) { api.log("failing: onTimer " + name); throw new Error("no"); },
})`;
const say = (what: string): void => trace(`${what}\n`);

function run(source: string, isBusy: boolean, next: () => void): void {
  const strikes = new Strikes({ strikes: "" }, false);
  // They last in RTC memory.
  strikes.forgive();
  let isFree = true;
  const timers: ScriptTimers = new ScriptTimers(
    () => Date.now(),
    (name) => host.post("onTimer", name),
    () => {
      if (source === unstartable) say("counted");
      return true;
    },
    () => host.isStarting,
  );
  const host: ScriptHost = new ScriptHost({
    limits: { seconds: 1, bytes: 20480, stack: 384, calls: 100 },
    strikes,
    source: () => source,
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
  const begin = (): void => timers.start(() => host.start());
  if (source === failing) begin();
  strikes.add(host.id);
  strikes.add(host.id);
  timers.set("a", 1, false);
  timers.set("b", 1, false);
  if (source === unstartable) begin();
  isFree = !isBusy;
  Timer.set(() => {
    isFree = true;
    host.post("onVerdict", {});
    next();
  }, 3000);
}

run(failing, false, () => run(failing, true, () => run(unstartable, false, () => {})));
