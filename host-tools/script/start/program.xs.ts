/** Under XS: the least memory with which an app script is compiled and started in its machine. */
import Host from "host";
import Resource from "Resource";
import { ScriptMachine } from "script";
import type { StartJob } from "./job.js";

const textOf = (name: string): string => String.fromArrayBuffer(new Resource(name).slice(0));
const text = textOf("app.js");
const { stack, most, step, info, answers } = JSON.parse(textOf("job.json")) as StartJob;

function ask(question: string): string {
  const [name] = JSON.parse(question) as [string];
  return `=${JSON.stringify(answers[name] ?? null)}`;
}

/** An exception counts as a start: the node may give other answers. */
function starts(bytes: number): boolean {
  const machine = new ScriptMachine({ bytes, stack, module: "script/guest", ask });
  const isStarted =
    machine.call(text, 60_000).outcome !== "memory" &&
    machine.call(JSON.stringify(["start", info]), 60_000).outcome !== "memory";
  machine.close();
  return isStarted;
}

let [low, high] = [0, most / step];
while (high - low > 1) {
  const middle = (low + high) >> 1;
  if (starts(middle * step)) high = middle;
  else low = middle;
}
trace(`${high * step}\n`);
Host.exit(0);
