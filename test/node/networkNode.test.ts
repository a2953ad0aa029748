import path from "node:path";
import test from "ava";
import { encodeNormalizer, namesOf, Normalizer, profileIn, requireNames } from "../../device/normalizer.js";
import { nodeIn, nodeMetadataName, withNode } from "../../host-tools/inference/nodeMetadata.js";
import { readModel } from "../../host-tools/inference/readModel.js";
import { differencesOf, networkNode, requireSameNode } from "../../host-tools/node/networkNode.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { exampleNode } from "../../host-tools/node/nodeFolder.js";
import { profileHash } from "../../host-tools/node/profile.js";
import type { CheckedNode } from "../../host-tools/node/schema/node.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";

const config = await readNode(exampleNode.description);
const made = networkNode(config);

/** The description after a change. */
function changed(change: (node: CheckedNode) => void): CheckedNode {
  const copy = structuredClone(config);
  change(copy);
  return copy;
}

const { name: first } = config.sensors[0]!;
const changes: [what: string, change: (node: CheckedNode) => void, keys: string[], text: RegExp | undefined][] = [
  ["nothing", () => undefined, [], undefined],
  ["what a network does not depend on", (node) => (node.window.everySeconds *= 2), [], undefined],
  ["an actuator", (node) => (node.actuators = []), [], undefined],
  [
    "a window",
    (node) => (node.window.seconds = 10),
    ["window.seconds"],
    new RegExp(`window.seconds was ${config.window.seconds}, is 10\\. Train again`),
  ],
  [
    "a sensor's unit and rate",
    (node) => Object.assign(node.sensors[0]!, { unit: "m/s2", rate: 7 }),
    [`sensors.${first}.unit`, `sensors.${first}.rate`],
    new RegExp(`sensors.${first}.unit was "${config.sensors[0]!.unit}", is "m/s2"; sensors.${first}.rate was`),
  ],
  ["a sensor's name", (node) => (node.sensors[0]!.name = "other"), ["sensors"], /sensors was \[.*\], is \["other",/],
  [
    "statistics",
    (node) => (node.features.statistics = ["mean"]),
    ["features.statistics"],
    /features.statistics was \[.*\], is \["mean"\]/,
  ],
  [
    "the order of classes",
    (node) => (node.classes = [...node.classes].reverse()),
    ["classes"],
    /^x\.tflite was trained for another description than this node's: classes was \["/,
  ],
];

for (const [what, change, keys, text] of changes)
  test(`a description with another network's node: ${what}`, (t) => {
    const node = changed(change);
    const found = differencesOf(made, networkNode(node));
    t.deepEqual(
      found.map(({ key }) => key),
      keys,
    );
    if (text) t.throws(() => requireSameNode("x.tflite", made, node), { name: "UserError", message: text });
    else t.notThrows(() => requireSameNode("x.tflite", made, node));
  });

test("another range is no reason to refuse a network, and a network that says nothing is taken", (t) => {
  const node = changed(({ sensors }) => (sensors[0]!.range = [-1, 1]));
  t.deepEqual(
    differencesOf(made, networkNode(node)).map(({ isHarmless }) => isHarmless),
    [true],
  );
  t.notThrows(() => requireSameNode("x.tflite", made, node));
  t.notThrows(() => requireSameNode("x.tflite", undefined, node));
});

test("a .tflite carries its node, with the names of classes and features and the profile of packages", async (t) => {
  const { model } = await readModel(path.join(exampleNode.network, "model.tflite"));
  const file = writeTflite(withNode(model, made));
  const read = nodeIn(readTflite(file))!;
  t.deepEqual(differencesOf(read, made), []);
  t.is(read.profile, profileHash(config).toString("hex"));
  t.deepEqual([read.classes, read.featureNames], [made.classes, made.featureNames]);
  t.is(nodeIn(model), undefined);
  // A name of metadata is free for others.
  const foreign = { ...model, buffers: [...model.buffers, Buffer.from("else")] };
  foreign.metadata = [...model.metadata, { name: nodeMetadataName, buffer: foreign.buffers.length - 1 }];
  t.is(nodeIn(foreign), undefined);
});

test("a normalizer carries names and profile, and is read without them", (t) => {
  const names = { features: ["a", "b"], classes: ["p", "ü"] };
  const profile = profileHash(config);
  const [mean, deviation] = [
    [1, 2],
    [3, 4],
  ];
  const whole = encodeNormalizer(mean, deviation, names, profile);
  const older = encodeNormalizer(mean, deviation, names);
  t.deepEqual(Buffer.from(profileIn(whole)!), profile);
  t.is(profileIn(older), undefined);
  for (const bytes of [whole, older]) {
    t.deepEqual(namesOf(bytes), names);
    t.notThrows(() => requireNames(bytes, names));
    t.throws(() => requireNames(bytes, { ...names, classes: ["p", "q"] }), { message: /number 1 is ü, of the node q/ });
    const out = new Int8Array(2);
    new Normalizer(bytes.slice().buffer, 2, { scale: 0.5, zeroPoint: 0 }).quantize(Float32Array.of(4, 2), out);
    t.deepEqual([...out], [2, 0]);
  }
});
