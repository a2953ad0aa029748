import test from "ava";
import type { NodeConfig } from "../../device/config.js";
import { linkDefaults } from "../../device/lorawan/defaults.js";
import type { z } from "zod";
import { staleFiles } from "../../host-tools/generate/generate.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { parts } from "../../host-tools/node/jsonSchema.js";
import { reference } from "../../host-tools/node/reference.js";
import type { nodeSchema } from "../../host-tools/node/schema/node.js";
import { boardDefaults, pinDefaults } from "../../native/lora/loraboard.js";
import { example, withValues } from "./descriptions.js";

/** The printed types are the schema's: each can stand for the other. Checked by the compiler. */
type Accepted = z.input<typeof nodeSchema>;
export const printed = (config: Accepted): NodeConfig => config;
export const accepted = (config: NodeConfig): Accepted => config;

test("generated files are what their sources make of them", async (t) => {
  t.deepEqual(await staleFiles(), [], "run npm run generate");
});

test("a checked description is complete, and checking it again changes nothing", (t) => {
  const { config } = checkConfig(example());
  t.false("$schema" in config);
  t.is(config.chip, "esp32");
  t.like(config.radio, linkDefaults);
  t.deepEqual(
    Object.keys(config.radio.board).sort(),
    ["chip", "pins", ...Object.keys(boardDefaults).filter((key) => key !== "paPin")].sort(),
  );
  t.like(config.radio.board.pins, pinDefaults);
  t.deepEqual(checkConfig(JSON.parse(JSON.stringify(config))).config, config);
});

test("a user's own app script can have settings", (t) => {
  const settings = { hours: [6, 18], text: "as it is" };
  t.deepEqual(checkConfig(withValues({ app: { settings } })).config.app, { settings });
});

test("the reference page has every key, with its meaning, and its default where it is not required", (t) => {
  const page = reference();
  let keys = 0;
  for (const [id, { properties = {}, required = [] }] of parts()) {
    for (const [name, part] of Object.entries(properties)) {
      keys++;
      const row = page.split("\n").filter((line) => line.startsWith(`| \`${name}\` |`));
      t.true(row.length > 0, `${id}.${name}`);
      if (part.$ref === undefined) t.truthy(part.description, `${id}.${name} has a meaning`);
      if (!required.includes(name)) t.true(part.default !== undefined || !!part.absent, `${id}.${name} has a default`);
      if ((part.type === "number" || part.type === "integer") && !part.enum)
        t.true(part.minimum !== undefined || name.endsWith("Value"), `${id}.${name} has a range`);
    }
  }
  t.true(keys > 80);
});

test("every link on the reference page leads to a heading of it", (t) => {
  const page = reference();
  const anchors = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor!);
  t.true(links.length > 10);
  for (const link of links) t.true(anchors.includes(link), link);
});
