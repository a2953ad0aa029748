import type { Path } from "../../lib/jsonPath.js";
import type { Findings } from "../findings.js";
import type { Rule } from "./draft.js";

/** Columns of every recording. */
const columns = ["time", "label"];
/** Not usable as a property name of a plain object. */
const unusable = "__proto__";

type Named = [path: Path, value: string | number];

/** Reserved and duplicate names. */
export const checkNames: Rule = ({ sensors, task, classes = [], actuators }, findings) => {
  const sensorNames = namesOf("sensors", sensors);
  for (const [path, name] of sensorNames)
    if (columns.includes(String(name).toLowerCase()))
      findings.expected(path, `another name: "${String(name).toLowerCase()}" is a reserved column of recordings`);
  const classNames = classes.map((name, index): Named => [["classes", index], name]);
  if (task === "anomaly" && classes.length > 2)
    findings.expected(["classes"], "two of them for an anomaly task: what training shows, and what deviates from it");
  const actuatorNames = namesOf("actuators", actuators);
  for (const names of [sensorNames, classNames, actuatorNames]) {
    for (const [path, name] of names) if (name === unusable) findings.expected(path, "another name");
    once(names, findings);
  }
};

const namesOf = (list: string, items: readonly ({ name: string } | undefined)[]): Named[] =>
  items.flatMap((item, index): Named[] => (item ? [[[list, index, "name"], item.name]] : []));

/** Values must be unique. */
export function once(values: readonly Named[], findings: Findings): void {
  values.forEach(([path, value], index) => {
    if (values.findIndex((other) => other[1] === value) < index)
      findings.expected(path, "a value that is not used twice");
  });
}
