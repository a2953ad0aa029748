import type { App, AppApi, AppVerdict } from "./api.js";

/** The irrigation node: a verdict switches valve, pump and alarm by the rules of the node description. */
export default function start(api: AppApi): App {
  const rules = api.config.rules ?? {};
  return {
    onVerdict(verdict: AppVerdict) {
      const rule = rules[verdict.name] ?? {};
      let isChanged = false;
      for (const name of api.actuators) {
        const wanted = rule[name];
        if (wanted !== undefined && api.actuate(name, wanted)) isChanged = true;
      }
      // The cloud knows its own decision; report only what it changed.
      if (verdict.source === "node" || isChanged) api.send(verdict);
    },
  };
}
