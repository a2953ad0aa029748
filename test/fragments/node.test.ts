// Slow: the whole node under XS
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { writeWetToDry } from "../device/helpers/wetToDry.js";
import { keys } from "../update/rig.js";

const { folder, recording, model } = writeWetToDry("fragments");
const { config } = checkConfig({
  ...(JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8")) as object),
  updates: { publicKey: publicKeyOf(keys.privateKey) },
});

/** With so many bytes beside it that it does not compress away. */
async function packed(sequence: number, text: string, padding: number): Promise<Uint8Array> {
  const place = path.join(folder, `script${sequence}`);
  mkdirSync(place, { recursive: true });
  const ballast = Array.from({ length: padding }, (_, i) => String.fromCharCode(97 + ((i * i + (i >> 3)) % 26))).join(
    "",
  );
  writeFileSync(
    path.join(place, "app.ts"),
    `export default (api: any) => { ${text} return { onVerdict() { api.log("${ballast}".slice(0, 4)); } }; };`,
  );
  return pack({ config, key: keys.privateKey, sequence, version: sequence, name: "test", script: place });
}

async function day(
  packages: readonly { at: number; bytes: Uint8Array }[],
  options: { loss?: number; dataRate?: number; resets?: boolean } = {},
): Promise<SimulationEvent[]> {
  const { loss, dataRate } = options;
  const radio = { ...config.radio, ...(dataRate !== undefined && { dataRate, adr: false }) };
  const events: SimulationEvent[] = [];
  const given = { recording, config: { ...config, radio }, model, packages, ...(loss !== undefined && { loss }) };
  await simulate({ ...given, onEvent: (event) => events.push(event) });
  return events;
}

const statuses = (events: SimulationEvent[]): string[] =>
  events.flatMap((event) =>
    event.event === "uplink" && event.payload.kind === "update" && !event.duplicate
      ? [`${event.payload.subject} ${event.payload.event}: ${event.payload.reason}`]
      : [],
  );

for (const [dataRate, loss] of [
  [5, 0],
  [5, 0.2],
  [0, 0.2],
] as const)
  test(`a package in fragments at DR${dataRate}, ${100 * loss} % lost, beside the node's payloads, asleep in between`, async (t) => {
    const bytes = await packed(5, "", dataRate === 5 ? 2000 : 300);
    const events = await day([{ at: 100, bytes }], { loss, dataRate });
    t.log(statuses(events));
    const updates = events.flatMap((event) => (event.event === "update" ? [event] : []));
    t.deepEqual(
      updates.map(({ what, reason }) => `${what}: ${reason}`),
      ["accepted: none", "confirmed: none"],
    );
    // What was lost on the way is sent again when its turn comes: the later one may come first, or one not before the recording ends.
    const said = statuses(events).sort();
    const expected = ["5 accepted: none", "5 confirmed: none"];
    if (loss === 0) t.deepEqual(said, expected);
    else {
      t.deepEqual(said, [...new Set(said)]);
      t.deepEqual(
        said,
        expected.filter((one) => said.includes(one)),
      );
    }
    const [accepted] = updates;
    t.log(`${bytes.length} bytes, in force after ${((accepted!.time - events[0]!.time) / 3600).toFixed(2)} h`);
    t.is(events.filter(({ event }) => event === "window").length, 12);
  });
