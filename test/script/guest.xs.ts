/** In the script machine: runs the text as a module, and returns what its default export returns. */
const ask = (question: string): string => native("xs_script_ask").call(undefined, question) as string;

export default function run(text: string): string {
  const compartment = new Compartment({ globals: {}, modules: { app: { source: new ModuleSource(text) } } });
  const start = compartment.importNow("app")["default"] as (ask: (question: string) => string) => unknown;
  return String(start(ask));
}
