import { readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { checkCloudConfig } from "../../host-tools/service/config.js";

const keys = ["node", "database", "network", "http", "alarms"];

test("the descriptions of a cloud that docs/cloud.md shows are valid", (t) => {
  const page = readFileSync(path.join(loamRoot, "docs/cloud.md"), "utf8");
  const shown = [...page.matchAll(/^```json\n([^]*?)^```/gm)].map((match) => JSON.parse(match[1]!) as object);
  const configs = shown.filter((value) => keys.includes(Object.keys(value)[0]!));
  t.true(configs.length >= 4, String(configs.length));
  for (const config of configs) t.notThrows(() => checkCloudConfig(config));
});
