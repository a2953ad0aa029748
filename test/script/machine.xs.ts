/** Runs each script of the resource `scripts` in a machine of its own: one line of JSON each. */
import Resource from "Resource";
import { ScriptMachine } from "script";
import type { MachineRun } from "./hostile.js";

const scripts = JSON.parse(String.fromArrayBuffer(new Resource("scripts").slice(0))) as {
  name: string;
  text: string;
}[];
for (const { name, text } of scripts) {
  let asked = 0;
  const machine = new ScriptMachine({
    bytes: 20480,
    stack: 384,
    module: "guest",
    ask: (question) => (++asked > 1000 ? "#" : `${question}!`),
  });
  const began = Date.now();
  const result = machine.call(text, 500);
  const run: MachineRun = { name, ...result, asked, ms: Date.now() - began };
  trace(`${JSON.stringify(run)}\n`);
  machine.close();
}
