import { unknownName } from "../nearest.js";
import type { Rule } from "./draft.js";

/** Rules speak of classes and actuators that there are. */
export const checkApp: Rule = ({ app, classes, actuators }, findings) => {
  const known = actuators.map((actuator) => actuator?.name);
  for (const [className, wanted] of Object.entries(app?.rules ?? {})) {
    const path = ["app", "rules", className];
    if (classes && !classes.includes(className)) findings.add("error", path, unknownName("class", className, classes));
    // With an actuator that is wrong in itself, nobody can say which names there are.
    if (known.includes(undefined)) continue;
    for (const name of Object.keys(wanted))
      if (!known.includes(name))
        findings.add("error", [...path, name], unknownName("actuator", name, known as string[]));
  }
};
