/** Compiles an app script in a machine of its own, as the node does. */
import Host from "host";
import Resource from "Resource";
import { ScriptMachine } from "script";

const machine = new ScriptMachine({ bytes: 65_536, stack: 384, module: "script/guest", ask: () => "=" });
const text = String.fromArrayBuffer(new Resource("app.js").slice(0));
trace(`${JSON.stringify(machine.call(text, 60_000))}\n`);
Host.exit(0);
