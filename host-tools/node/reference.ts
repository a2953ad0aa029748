/** Generates docs/node.md from the schema: every key of the node description. */
import { chips, type NodeChip } from "./chips.js";
import { parts, rootId, type Part } from "./jsonSchema.js";

const head = `# The node description

<!-- Generated from the schema (host-tools/node/schema) by \`npm run generate\`: do not edit. -->

\`node.config.json\` describes a node once; trainer, converter, simulator and device all read it. \`npx loam check [FILE]\` reports
all errors in a description; every command that reads one reports the same errors and stops. Unknown and duplicate keys are errors.
Editors validate and autocomplete the file when it starts with \`"$schema": "./node.schema.json"\` (the path of that file in
this repository).

In addition to types and ranges, \`loam check\` verifies that:

- names are unique and valid in a recording's header; no sensor is called \`time\` or \`label\`;
- \`app.rules\`, \`spectra\` and \`correlations\` name existing classes, actuators and sensors;
- the chip supports the rate and range of its sensor;
- pins support their use, and each is used only once (I2C chips on the same two pins share the bus).
`;

export function reference(): string {
  const named = parts();
  const sections = named
    .filter(([, part]) => part.properties)
    .map(([id, part]) => `## ${titleOf(id, named)}\n\n${part.description}\n\n${table(part, named)}\n`);
  return [head, ...sections, pinPage()].join("\n");
}

type Named = [id: string, part: Part][];

/** A part's path in the file; for a variant also the value that selects it. */
function titleOf(id: string, named: Named): string {
  if (id === rootId) return "The file";
  const { path, variant } = pathTo(id, named);
  return variant === "" ? path : `${path} (${variant})`;
}

function pathTo(id: string, named: Named): { path: string; variant: string } {
  for (const [owner, part] of named) {
    if (part.oneOf?.some((one) => refOf(one) === id)) return { ...pathTo(owner, named), variant: variantOf(named, id) };
    for (const [name, inner] of Object.entries(part.properties ?? {})) {
      const isList = inner.items && refOf(inner.items) === id;
      if (!isList && refOf(inner) !== id) continue;
      const above = owner === rootId ? undefined : pathTo(owner, named);
      const here = isList ? `${name}[]` : name;
      if (!above) return { path: here, variant: "" };
      return { path: `${above.path}.${here}`, variant: hasOneOwner(id, named) ? above.variant : "" };
    }
  }
  throw new Error(`nothing leads to ${id}`);
}

/** Otherwise all variants have it. */
const hasOneOwner = (id: string, named: Named): boolean =>
  named.filter(([, part]) => Object.values(part.properties ?? {}).some((inner) => refOf(inner) === id)).length === 1;

/** The keys that tell variants apart. */
const discriminators = ["chip", "io"];

function discriminatorOf(named: Named, id: string): string {
  const { properties = {} } = named.find(([other]) => other === id)![1];
  return discriminators.find((name) => name in properties)!;
}

function variantOf(named: Named, id: string): string {
  const by = named.find(([other]) => other === id)?.[1].properties?.[discriminatorOf(named, id)];
  return (by?.enum ?? [by?.const]).join(" or ");
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

function defaultOf({ default: value, absent, fromBoard }: Part, isRequired: boolean): string {
  if (isRequired) return fromBoard ? "**required** without `board`" : "**required**";
  return value !== undefined ? `\`${JSON.stringify(value)}\`` : `none: ${absent ?? ""}`;
}

function typeOf(part: Part, named: Named): string {
  const id = refOf(part);
  if (id !== undefined) {
    const target = named.find(([other]) => other === id)![1];
    if (target.properties) return `object: [${titleOf(id, named)}](#${anchor(titleOf(id, named))})`;
    if (target.oneOf)
      return `object, by \`${discriminatorOf(named, refOf(target.oneOf[0]!)!)}\`: ${target.oneOf
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

/** The anchor that GitHub generates for a heading. */
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

Sources: ESP-IDF's pages "GPIO & RTC GPIO" and the chips' datasheets. Errors: a pin connected to the flash, an output on an
input-only pin, an analog sensor on a pin without ADC, an actuator on a strapping pin that decides whether the chip boots.
Warnings: a radio pin on such a strapping pin, or a pin that has another use on some boards.

| ${["chip", "pins", "input-only", "flash", "ADC", "strapping: boot (required level)", "strapping: flashing (required level)", "other uses on some boards", ""].join(" | ").trim()}
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
