/** Calls a script machine each second, for ever. */
import { ScriptMachine } from "script";
import Timer from "timer";

const machine = new ScriptMachine({ bytes: 20480, stack: 384, module: "stepped", ask: () => "" });
let value = 0;
Timer.repeat(() => {
  value += 1;
  const { outcome, text } = machine.call(String(value), 100);
  trace(`turn ${value}: ${outcome}, ${text}\n`);
}, 1000);
