// Slow: many whole nodes under XS
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { rehearse } from "../../host-tools/rehearse/rehearse.js";
import { describeRehearsal } from "../../host-tools/rehearse/view.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { pack } from "../../host-tools/script/pack.js";
import { quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { keys } from "../update/rig.js";

const folder = path.join(buildRoot, "test", `fleet-${process.pid}`);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const { config } = checkConfig({
  ...(JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8")) as object),
  updates: { publicKey: publicKeyOf(keys.privateKey) },
});

function scriptOf(name: string, text: string): string {
  const script = path.join(folder, name);
  mkdirSync(script, { recursive: true });
  writeFileSync(path.join(script, "app.ts"), text);
  return script;
}

const packed = (sequence: number, script: string): Promise<Uint8Array> =>
  pack({ config, key: keys.privateKey, sequence, version: sequence, name: "fleet", script });

/** As many as there are data rates, and two more; LOAM_FLEET=20 takes ten minutes. */
const nodes = Number(process.env["LOAM_FLEET"] ?? 8);
/** At most. */
const hours = 12;
const example = path.join(loamRoot, "device/app");

test(`${nodes} nodes at DR0 to DR5 with 20 % loss: all on the new version; then bad ones: all back by themselves`, async (t) => {
  t.timeout(1_200_000);
  const windows = (hours * 3600) / config.window.everySeconds;
  const { model, recording } = writeSoilDay(
    folder,
    config,
    quietDay(config, windows, () => 35),
  );
  const rehearsal = await rehearse({
    config,
    model,
    recording,
    nodes,
    packages: [
      await packed(5, example),
      await packed(6, scriptOf("verdict", `export default () => ({ onVerdict() { for (;;); } });`)),
      await packed(7, scriptOf("start", `export default () => { for (;;); };`)),
    ],
    gateways: 1,
    loss: 0.2,
    dataRates: [0, 1, 2, 3, 4, 5],
    seed: 7,
  });
  t.log(describeRehearsal(rehearsal));
  const { outcomes, busiestHour } = rehearsal;
  t.is(outcomes.length, 3 * nodes);
  for (const { node, sequence, outcome, hours: taken, airtimeSeconds } of outcomes) {
    t.is(outcome, sequence === 5 ? "confirmed" : "taken back: script failed", `${node}, package ${sequence}`);
    t.true(airtimeSeconds > 0);
    // With the gateway's duty cycle for all of them, and three windows until the third strike.
    t.true(taken < 8, `${node}, package ${sequence}: ${taken} h`);
  }
  t.true(busiestHour <= 1);
});
