import { readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { featureLayout } from "../../device/features/layout.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { inputQuantization, networksWith } from "../../host-tools/simulate/predictor.js";
import { exampleNode } from "../device/helpers/day.js";
import { soilModel } from "../device/helpers/model.js";
import { makePackage } from "../update/rig.js";

const config = exampleNode();
const packaged = new Uint8Array(readFileSync(path.join(loamRoot, "device/model/model.tflite")));
const own = { input: soilModel(config).input, predict: () => Promise.reject(new Error("the firmware's own")) };

test("windows of a packaged network are decided by it, and not by the firmware's", async (t) => {
  const withModel = makePackage(config, 7, {
    model: packaged,
    normalizer: Uint8Array.of(1),
    vectors: Uint8Array.of(0),
  });
  const script = makePackage(config, 8, { script: new Uint8Array(20) });
  const damaged = withModel.slice(0, -1);
  const none = makePackage(config, 6, {
    model: packaged.slice(0, 1000),
    normalizer: Uint8Array.of(1),
    vectors: Uint8Array.of(0),
  });
  const networks = networksWith(own, [damaged, none, withModel, script]);
  t.is(networks(0), own);
  t.is(networks(8), undefined, "it brings none");
  t.is(networks(9), undefined, "it was never sent");
  const { input, predict } = networks(7)!;
  t.deepEqual(input, inputQuantization(packaged));
  t.notDeepEqual(input, own.input);
  const { frames } = config.window;
  const features = featureLayout(config).count;
  const window = new Float32Array(frames * features);
  const probabilities = await predict(window, frames, features);
  t.is(probabilities.length, config.classes.length);
  const sum = probabilities.reduce((all, one) => all + one, 0);
  t.true(Math.abs(sum - 1) < 0.02, String(sum));
});
