/** The node description's schema as JSON Schema: for editors, and for generating types and the reference page. */
import { z } from "zod";
import { nodeSchema } from "./schema/node.js";

export interface Part {
  id?: string;
  $ref?: string;
  type?: string;
  title?: string;
  description?: string;
  unit?: string;
  absent?: string;
  fromBoard?: boolean;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  pattern?: string;
  minLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Part | false;
  prefixItems?: Part[];
  properties?: Record<string, Part>;
  required?: string[];
  propertyNames?: Part;
  additionalProperties?: Part | false;
  oneOf?: Part[];
  allOf?: Part[];
}

export const rootId = "NodeConfig";

/** Each named part of a description in reading order, the root first. */
export function parts(): [id: string, part: Part][] {
  const { $defs } = z.toJSONSchema(nodeSchema, { io: "input" }) as { $defs: Record<string, Part> };
  const found = new Map<string, Part>();
  const visit = (part: Part | undefined | false): void => {
    if (!part) return;
    const id = part.$ref?.slice("#/$defs/".length);
    if (id !== undefined && !found.has(id)) {
      found.set(id, $defs[id]!);
      visit($defs[id]);
    }
    for (const inner of [
      ...Object.values(part.properties ?? {}),
      ...(part.oneOf ?? []),
      ...(part.allOf ?? []),
      ...(part.prefixItems ?? []),
    ])
      visit(inner);
    visit(part.items);
    visit(part.additionalProperties);
  };
  visit({ $ref: `#/$defs/${rootId}` });
  return [...found];
}

/** JSON Schema draft 7, which editors support best, without our own keywords. */
export function editorSchema(): string {
  const schema = z.toJSONSchema(nodeSchema, { io: "input", target: "draft-7" });
  forEditors(schema);
  return JSON.stringify({ title: "loam node description", ...schema });
}

/** Says our own keywords in words; what may come from the board is not required, since draft 7 cannot say when it is. */
function forEditors(part: unknown): void {
  if (typeof part !== "object" || part === null) return;
  const { properties, required, description, unit, absent } = part as Part;
  if (properties && required) (part as Part).required = required.filter((name) => properties[name]?.fromBoard !== true);
  Object.values(part).forEach(forEditors);
  if (typeof description !== "string") return;
  const notes = [unit && `Unit: ${unit}.`, absent && `Without it: ${absent}`];
  const words = part as Part;
  words.description = [description, ...notes].filter(Boolean).join(" ");
  for (const own of ["unit", "absent", "fromBoard"] as const) delete words[own];
}
