/** As guest.xs.ts, with the language of app scripts. */
import { limitGlobals } from "language";

const ask = (question: string): string => native("xs_script_ask").call(undefined, question) as string;

export default function run(text: string): string {
  const compartment = new Compartment({ globals: {}, modules: { app: { source: new ModuleSource(text) } } });
  limitGlobals(compartment.globalThis);
  const start = compartment.importNow("app")["default"] as (ask: (question: string) => string) => unknown;
  return String(start(ask));
}
