/** Makes docs/node.md: every key of the node description, out of its schema. */
import { chips, type NodeChip } from "./chips.js";
import { parts, rootId, type Part } from "./jsonSchema.js";

const head = `# The node description

<!-- Generated from the schema (host-tools/node/schema) by \`npm run generate\`: do not edit. -->

\`node.config.json\` describes a node once; trainer, converter, simulator and device all read it. \`npx loam check [FILE]\` says
everything that is wrong with one, and every command that reads one refuses it with the same sentences. Keys that are not
on this page are refused. Editors complete and check as you type when the file begins with
\`"$schema": "./node.schema.json"\` (the way to that file of this repository).

Beyond types and ranges, \`loam check\` wants that:

- names are there once, and fit into a recording's first line; a sensor is not called \`time\` or \`label\`;
- \`app.rules\`, \`spectra\` and \`correlations\` name classes, actuators and sensors that there are;
- rates and ranges are such that the chip can give them;
- pins can do what they are used for, and are used once (I2C chips on the same two pins share the bus).
`;

export function reference(): string {
  const named = parts();
  const sections = named
    .filter(([, part]) => part.properties)
    .map(([id, part]) => `## ${titleOf(id, named)}\n\n${part.description}\n\n${table(part, named)}\n`);
  return [head, ...sections, pinPage()].join("\n");
}

type Named = [id: string, part: Part][];

/** The way to a part as one writes it in the file; a variant with what tells it apart. */
function titleOf(id: string, named: Named): string {
  if (id === rootId) return "The file";
  const { way, variant } = wayTo(id, named);
  return variant === "" ? way : `${way} (${variant})`;
}

function wayTo(id: string, named: Named): { way: string; variant: string } {
  for (const [owner, part] of named) {
    if (part.oneOf?.some((one) => refOf(one) === id)) return { ...wayTo(owner, named), variant: variantOf(named, id) };
    for (const [name, inner] of Object.entries(part.properties ?? {})) {
      const isList = inner.items && refOf(inner.items) === id;
      if (!isList && refOf(inner) !== id) continue;
      const above = owner === rootId ? undefined : wayTo(owner, named);
      const here = isList ? `${name}[]` : name;
      return above ? { ...above, way: `${above.way}.${here}` } : { way: here, variant: "" };
    }
  }
  throw new Error(`nothing leads to ${id}`);
}

function variantOf(named: Named, id: string): string {
  const chip = named.find(([other]) => other === id)?.[1].properties?.["chip"];
  return (chip?.enum ?? [chip?.const]).join(" or ");
}

const refOf = (part: Part): string | undefined => part.$ref?.slice("#/$defs/".length);

function table({ properties = {}, required = [] }: Part, named: Named): string {
  const rows = Object.entries(properties).map(([name, part]) => [
    `\`${name}\``,
    typeOf(part, named),
    part.unit ?? "",
    defaultOf(part, required.includes(name)),
    part.description ?? named.find(([id]) => id === refOf(part))?.[1].description ?? "",
  ]);
  return [
    "key | type and range | unit | default | meaning",
    "--- | --- | --- | --- | ---",
    ...rows.map((row) => row.map(cell).join(" | ")),
  ]
    .map((line) => `| ${line} |`)
    .join("\n");
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

function defaultOf({ default: value, absent }: Part, isRequired: boolean): string {
  if (isRequired) return "**required**";
  return value !== undefined ? `\`${JSON.stringify(value)}\`` : `none: ${absent ?? ""}`;
}

function typeOf(part: Part, named: Named): string {
  const id = refOf(part);
  if (id !== undefined) {
    const target = named.find(([other]) => other === id)![1];
    if (target.properties) return `object: [${titleOf(id, named)}](#${anchor(titleOf(id, named))})`;
    if (target.oneOf)
      return `object, by \`chip\`: ${target.oneOf
        .map((one) => `[${variantOf(named, refOf(one)!)}](#${anchor(titleOf(refOf(one)!, named))})`)
        .join(", ")}`;
    return typeOf(target, named);
  }
  if (part.const !== undefined) return `\`${JSON.stringify(part.const)}\``;
  if (part.enum) return part.enum.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
  if (part.prefixItems) return `list of ${part.prefixItems.length}: ${typeOf(part.prefixItems[0]!, named)} each`;
  switch (part.type) {
    case "array":
      return `list of ${part.minItems} to ${part.maxItems}: ${typeOf(part.items || {}, named)}`;
    case "object":
      return `object: ${part.propertyNames?.title ?? "any name"} to ${typeOf(part.additionalProperties || {}, named)}`;
    case "boolean":
      return "true or false";
    case "string":
      return digits(part.pattern) ?? "text";
    case undefined:
      return "anything";
    default:
      return number(part);
  }
}

function digits(pattern: string | undefined): string | undefined {
  const count = /\{(\d+)\}\$$/.exec(pattern ?? "")?.[1];
  return count && `${count} hexadecimal digits`;
}

function number({ type, minimum, maximum, multipleOf }: Part): string {
  const kind = multipleOf ? `multiple of ${multipleOf}` : type === "integer" ? "whole number" : "number";
  return minimum === undefined ? kind : `${kind}, ${minimum} to ${maximum}`;
}

/** As GitHub makes it of a heading. */
const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, "")
    .replaceAll(" ", "-");

function pinPage(): string {
  const rows = Object.entries<NodeChip>(chips).map(([name, chip]) =>
    [
      `\`${name}\``,
      chip.pins.map(([first, last]) => `${first}-${last}`).join(", "),
      list(chip.inputOnly),
      list(chip.flash),
      list(chip.analog),
      strapping(chip, "boot"),
      strapping(chip, "flashing"),
      list(Object.keys(chip.shared)),
    ].join(" | "),
  );
  return `## Pins by chip

After ESP-IDF's pages "GPIO & RTC GPIO" and the chips' datasheets. A pin of the flash, an output on an input, an analog sensor
without ADC: refused. Strapping pins are sampled at reset: an actuator on one that decides whether the chip starts is
refused, a radio's line there, or a pin that has another use on some boards, is a warning.

| ${["chip", "pins", "inputs only", "flash", "ADC", "decide the start (level it must have)", "decide flashing", "may have another use", ""].join(" | ").trim()}
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join("\n")}
`;
}

const list = (pins: readonly (number | string)[]): string => pins.join(", ") || "none";

const strapping = (chip: NodeChip, decides: string): string =>
  Object.entries(chip.strapping)
    .filter(([, pin]) => pin.decides === decides)
    .map(([number, { level }]) => `${number} (${level})`)
    .join(", ");
