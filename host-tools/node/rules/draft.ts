import type { Findings } from "../findings.js";
import type { Actuator, CheckedNode, Sensor } from "../schema/node.js";

/** A description as far as the schema found nothing wrong with it: rules pass over what is not there. */
export interface Draft extends Partial<
  Pick<
    CheckedNode,
    "board" | "chip" | "window" | "features" | "task" | "classes" | "battery" | "radio" | "app" | "serial"
  >
> {
  sensors: (Sensor | undefined)[];
  actuators: (Actuator | undefined)[];
}

export type Rule = (draft: Draft, findings: Findings) => void;
