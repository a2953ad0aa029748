/** Generates device/nodeconfig.ts: the schema's types, for device code, which must not include the schema itself. */
import { parts, type Part } from "./jsonSchema.js";

const head = `/** The node description's types. Generated from its schema (host-tools/node/schema) by \`npm run generate\`: do not edit. */
`;

export const typeFile = (): string =>
  [head, ...parts().map(([id, part]) => `${comment(part)}export ${declaration(id, part)}\n`)].join("\n");

function declaration(id: string, part: Part): string {
  return part.properties ? `interface ${id} ${object(part)}` : `type ${id} = ${typeOf(part)};`;
}

function object({ properties = {}, required = [] }: Part): string {
  const lines = Object.entries(properties).map(
    ([name, part]) => `${comment(part)}${name}${required.includes(name) ? "" : "?"}: ${typeOf(part)};`,
  );
  return `{\n${lines.join("\n")}\n}`;
}

function comment({ description, unit, absent, default: value }: Part): string {
  const words = [
    description,
    unit && `Unit: ${unit}.`,
    value !== undefined && `Default: ${JSON.stringify(value)}.`,
    absent && `Without it: ${absent}`,
  ].filter(Boolean);
  return words.length > 0 ? `/** ${words.join(" ")} */\n` : "";
}

function typeOf(part: Part): string {
  if (part.$ref) return part.$ref.slice(part.$ref.lastIndexOf("/") + 1);
  if (part.const !== undefined) return JSON.stringify(part.const);
  if (part.enum) return part.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (part.oneOf) return part.oneOf.map(typeOf).join(" | ");
  if (part.prefixItems) return `[${part.prefixItems.map(typeOf).join(", ")}]`;
  switch (part.type) {
    case "array":
      return `(${typeOf(part.items || {})})[]`;
    case "object":
      return part.properties ? object(part) : `Record<string, ${typeOf(part.additionalProperties || {})}>`;
    case "integer":
      return "number";
    case undefined:
      return "unknown";
    default:
      return part.type;
  }
}
