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
  const schema = z.toJSONSchema(nodeSchema, {
    io: "input",
    target: "draft-7",
    override({ jsonSchema }) {
      const part = jsonSchema as Part;
      const notes = [part.unit && `Unit: ${part.unit}.`, part.absent && `Without it: ${part.absent}`];
      if (part.description) part.description = [part.description, ...notes].filter(Boolean).join(" ");
      delete part.unit;
      delete part.absent;
    },
  });
  return JSON.stringify({ title: "loam node description", ...schema });
}
