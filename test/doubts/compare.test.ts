// Slow: runs the engine and TensorFlow Lite on windows
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { execa } from "execa";
import { decodeUplink, encodeDeferral, ports } from "../../device/codec/codec.js";
import { createToken } from "../../host-tools/access/tokens.js";
import { openPage } from "../../host-tools/cloudpage/server.js";
import type { NetworkComparison } from "../../host-tools/doubts/compare.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { infer } from "../../host-tools/inference/index.js";
import { Random } from "../../host-tools/lib/random.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { describeNetwork } from "../../host-tools/service/description.js";
import { listCandidates } from "../../host-tools/store/candidates.js";
import { takeUplink } from "../../host-tools/store/intake.js";
import { storeNetwork } from "../../host-tools/store/networks.js";
import { labelDeferral } from "../../host-tools/store/personLabels.js";
import { openStore, type Store } from "../../host-tools/store/store.js";
import { addUser } from "../../host-tools/store/users.js";

const description = path.join(loamRoot, "node.config.json");
const example = path.join(loamRoot, "device/model/model.tflite");
const devEui = "70b3d57ed0000001";
const start = 1_900_000_000;
const count = 24;

interface Fleet {
  store: Store;
  classes: readonly string[];
  /** As TensorFlow Lite has it, of each window. */
  expected: { label: number; confidence: number }[];
}

/** Deferrals of the example's node, of which every fourth is labelled with what TensorFlow Lite says. */
async function fleet(t: ExecutionContext): Promise<Fleet> {
  const store = await openStore(":memory:");
  t.teardown(() => store.close());
  const node = await readNode(description);
  const bytes = await readFile(example);
  const { tensors, inputs, outputs } = readTflite(bytes).subgraphs[0]!;
  const quantization = (index: number) => {
    const { scale, zeroPoint } = tensors[index]!.quantization!;
    return { scale: scale[0]!, zeroPoint: zeroPoint[0]! };
  };
  const network = await describeNetwork(example, node, quantization(inputs[0]!));
  const id = await storeNetwork(store, network);
  const random = new Random("compare");
  const { frames } = network;
  const features = network.features.length;
  const windows = Array.from({ length: count }, () =>
    Int8Array.from({ length: frames * features }, () => random.int(-128, 127)),
  );
  const runs = windows.map((data) => [new Uint8Array(data.buffer)]);
  const { scale, zeroPoint } = quantization(outputs[0]!);
  const expected = (await infer(bytes, runs, { backend: "tflite" })).map(({ outputs: [raw] }) => {
    const values = [...new Int8Array(raw!.buffer, raw!.byteOffset, raw!.byteLength)];
    const best = Math.max(...values);
    return { label: values.indexOf(best), confidence: scale * (best - zeroPoint) };
  });
  for (const [sequence, data] of windows.entries()) {
    const window = { frames, features, data };
    const time = start + 900 * sequence;
    const payload = encodeDeferral({ sequence, time, label: 0, confidence: 0.5, window }, 4000);
    const uplink = { devEui, port: ports.deferral, payload, frame: `f${sequence}`, received: time, receptions: [] };
    const taken = await takeUplink(store, uplink, decodeUplink(ports.deferral, payload), new Map([[0, id]]));
    const { label } = expected[sequence]!;
    if (sequence % 4 === 0) await labelDeferral(store, { uplinkId: taken.id, label, person: "ann", labelledAt: time });
  }
  return { store, classes: node.classes, expected };
}

test("loam cloud compare says of each window what TensorFlow Lite does, and puts it on the page", async (t) => {
  const { store, classes, expected } = await fleet(t);
  const folder = await mkdtemp(path.join(tmpdir(), "loam-compare-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const network = path.join(folder, "retrained", "model.tflite");
  await cp(path.dirname(example), path.dirname(network), { recursive: true });
  const trained = [0, 4].map((i) => `${devEui}/${i}/${start + 900 * i}`);
  await writeFile(
    path.join(path.dirname(network), "training.json"),
    JSON.stringify({ seed: 1, trainedDoubts: trained }),
  );

  const kind = { name: "irrigation", classes, actuators: [], sensors: [], threshold: 0.7, isSimulated: true };
  const page = await openPage(store, kind, { host: "127.0.0.1", port: 0 });
  t.teardown(() => page.close());
  const loam = (env: Record<string, string>, ...args: string[]) =>
    execa(
      "node",
      [path.join(loamRoot, "host-tools/bin/loam.js"), "cloud", "compare", network, "--node", description, ...args],
      { reject: false, env },
    );
  const here = ["--cloud", page.url];

  const said = await loam({}, ...here, "--json");
  t.is(said.exitCode, 0, said.stderr);
  const { windows, comparison, id } = JSON.parse(said.stdout) as NetworkComparison;
  t.deepEqual(
    windows.map(({ newLabel, newConfidence }) => ({ label: newLabel, confidence: newConfidence.toFixed(5) })),
    expected.map(({ label, confidence }) => ({ label, confidence: confidence.toFixed(5) })),
  );
  const changed = expected.filter(({ label }) => label !== 0).length;
  const sure = expected.filter(({ confidence }) => confidence >= 0.7).length;
  t.true(changed > 0 && sure > 0, "windows that say something");
  t.like(comparison.all, { windows: count, changed, sure, labelled: 6, newRight: 6, sureWrong: 0 });
  t.like(comparison.unseen, { windows: count - 2, labelled: 4 });

  const published = await loam({}, ...here, "--publish");
  t.is(published.exitCode, 0, published.stderr);
  t.regex(published.stdout, /24 deferred windows, 22 of them not trained on/);
  t.regex(published.stdout, /retrained: its verdicts on 24 windows are on the page/);
  const [candidate] = await listCandidates(store);
  t.like(candidate, { id, name: "retrained", threshold: 0.7, person: "this machine" });
  t.deepEqual(candidate!.comparison, comparison);

  await addUser(store, { name: "ann", role: "viewer", createdAt: 1 }, "not a hash");
  const token = async (role: "viewer" | "operator") =>
    (await createToken(store, { name: role, role, expiresAt: null }, Date.now() / 1000))!;
  const refusedByRole = await loam({ LOAM_TOKEN: await token("viewer") }, ...here, "--publish");
  t.is(refusedByRole.exitCode, 1);
  t.regex(refusedByRole.stderr, /answers 403: for the role operator; viewer is viewer/);
  const allowed = await loam({ LOAM_TOKEN: await token("operator") }, ...here, "--publish", "--name", "second");
  t.is(allowed.exitCode, 0, allowed.stderr);
  t.like((await listCandidates(store))[0], { id, name: "second", person: "operator" });
});

test("what loam cloud compare cannot compare is refused with a reason", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-compare-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const doubts = path.join(folder, "doubts.json");
  await writeFile(doubts, JSON.stringify({ networks: {}, doubts: [] }));
  const bare = path.join(folder, "model.tflite");
  await cp(example, bare);
  for (const [args, message] of [
    [[bare, "--doubts", doubts], /has no normalizer\.bin beside it or its folder/],
    [[example, "--doubts", doubts], /none of 0 deferred windows is of this node/],
    [[example, "--doubts", doubts, "--publish"], /--doubts: a file, so there is no cloud to ask or to publish to/],
    [[example, "--doubts", path.join(folder, "none.json")], /none\.json/],
    [[example, "--cloud", "http://127.0.0.1:9/"], /cannot be asked: /],
    [[example, "--name", "ü"], /--name ü: 1 to 64 letters/],
  ] as const) {
    const { exitCode, stderr } = await execa(
      "node",
      [path.join(loamRoot, "host-tools/bin/loam.js"), "cloud", "compare", ...args, "--node", description],
      { reject: false },
    );
    t.is(exitCode, 1, stderr);
    t.regex(stderr, message);
    t.notRegex(stderr, /\n\s+at /);
  }
});
