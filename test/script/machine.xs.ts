/** Runs each script of the resource `scripts` in a machine of its own: one line of JSON each. */
import Resource from "Resource";
import { ScriptMachine } from "script";
import type { MachineRun } from "./hostile.js";

const scripts = JSON.parse(String.fromArrayBuffer(new Resource("scripts").slice(0))) as {
  name: string;
  text: string;
}[];
const limits = { bytes: 20480, stack: 384 };

// The memory of one that could not be opened is free again at once: the chip has not enough for three.
for (let i = 0; i < 10; i++) {
  try {
    new ScriptMachine({ bytes: 131072, stack: 384, module: "missing", ask: () => "" });
  } catch (error) {
    if (String(error).includes("missing cannot be loaded")) continue;
    throw error;
  }
}

for (const { name, text } of scripts) {
  let asked = 0;
  const machine = new ScriptMachine({
    ...limits,
    module: "guest",
    ask: (question) => (++asked > 1000 ? "#" : `${question}!`),
  });
  const began = Date.now();
  const result = machine.call(text, 500);
  const run: MachineRun = { name, ...result, asked, ms: Date.now() - began };
  trace(`${JSON.stringify(run)}\n`);
  machine.close();
}
