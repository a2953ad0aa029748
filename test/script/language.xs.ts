/** Runs each script of the resource `scripts` in a machine with the language of app scripts: one line of JSON each, with what it has asked. */
import Resource from "Resource";
import { ScriptMachine } from "script";

const scripts = JSON.parse(String.fromArrayBuffer(new Resource("scripts").slice(0))) as string[];

for (const script of scripts) {
  const machine = new ScriptMachine({
    bytes: 65536,
    stack: 1024,
    module: "limited",
    ask: (question) => {
      trace(`${JSON.stringify({ question })}\n`);
      return "";
    },
  });
  trace(`${JSON.stringify(machine.call(script, 5000))}\n`);
  machine.close();
}
