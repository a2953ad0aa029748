import { unknownName } from "tfjs-to-tflite/lib/nearest.js";
import type { Rule } from "./draft.js";

/** Rules may name only existing classes and actuators. */
export const checkApp: Rule = ({ app, classes, actuators }, findings) => {
  const known = actuators.map((actuator) => actuator?.name);
  for (const [className, wanted] of Object.entries(app?.rules ?? {})) {
    const path = ["app", "rules", className];
    if (classes && !classes.includes(className)) findings.add("error", path, unknownName("class", className, classes));
    // When an actuator is invalid, the list of names is incomplete.
    if (known.includes(undefined)) continue;
    for (const name of Object.keys(wanted))
      if (!known.includes(name))
        findings.add("error", [...path, name], unknownName("actuator", name, known as string[]));
  }
};
