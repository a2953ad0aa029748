// Slow: trains a network
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { execa } from "execa";
import { decodeUplink, encodeDeferral, ports } from "../../device/codec/codec.js";
import type { NodeConfig } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import { encodeNormalizer, Normalizer } from "../../device/normalizer.js";
import { createToken } from "../../host-tools/access/tokens.js";
import { openPage } from "../../host-tools/cloudpage/server.js";
import { doubtExamples } from "../../host-tools/doubts/examples.js";
import { fetchDoubts } from "../../host-tools/doubts/fetch.js";
import { fittingDoubts } from "../../host-tools/doubts/fitting.js";
import { splitDoubts } from "../../host-tools/doubts/split.js";
import { Random } from "../../host-tools/lib/random.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { decide } from "../../host-tools/store/decisions.js";
import { takeUplink } from "../../host-tools/store/intake.js";
import { storeNetwork, type NetworkDescription } from "../../host-tools/store/networks.js";
import { labelDeferral } from "../../host-tools/store/personLabels.js";
import { openStore, type Store } from "../../host-tools/store/store.js";
import { addUser } from "../../host-tools/store/users.js";
import { profileHash } from "../../host-tools/node/profile.js";
import { kind } from "../cloudpage/fleet.js";

const example = path.join(loamRoot, "node.config.json");
const start = 1_900_000_000;
const nodes = ["70b3d57ed0000001", "70b3d57ed0000002"];
const input = { scale: 0.05, zeroPoint: -3 };
const dayWindows = 4;

/** A network's normalizer, by which 100 + 5 * (feature's number) is 0. */
function description(node: NodeConfig): NetworkDescription {
  const features = [...featureLayout(node).names];
  return {
    ...{ profile: profileHash(node).toString("hex"), frames: node.window.frames, features, classes: [...node.classes] },
    ...{ mean: features.map((_, i) => 100 + 5 * i), deviation: features.map((_, i) => 1 + i), ...input },
  };
}

/** Deferrals of two nodes on three days, as nodes send them: the first windows of a day are labelled. */
async function fleet(t: ExecutionContext): Promise<{ store: Store; node: NodeConfig; raw: Float32Array[] }> {
  const store = await openStore(":memory:");
  t.teardown(() => store.close());
  const node = await readNode(example);
  const network = description(node);
  const id = await storeNetwork(store, network);
  t.is(await storeNetwork(store, network), id);
  const random = new Random("doubts");
  const { mean, deviation, frames } = network;
  const normalizer = new Normalizer(encodeNormalizer(mean, deviation).buffer as ArrayBuffer, mean.length, input);
  const raw: Float32Array[] = [];
  let sequence = 0;
  for (const devEui of nodes)
    for (let day = 0; day < 3; day++)
      for (let i = 0; i < dayWindows; i++) {
        const rows = Float32Array.from(
          { length: frames * mean.length },
          (_, at) => mean[at % mean.length]! + deviation[at % mean.length]! * random.uniform(-2, 2),
        );
        const data = new Int8Array(rows.length);
        normalizer.quantize(rows, data);
        const time = start + day * 86400 + i * 600;
        const window = { frames, features: mean.length, data };
        const payload = encodeDeferral({ sequence, time, label: 0, confidence: 0.5, window }, 4000);
        const uplink = { devEui, port: ports.deferral, payload, frame: `f${sequence}`, received: time, receptions: [] };
        const taken = await takeUplink(store, uplink, decodeUplink(ports.deferral, payload), new Map([[0, id]]));
        const said = { uplinkId: taken.id, label: 1, person: "ann", labelledAt: time };
        await decide(store, { id: taken.id, devEui, sequence: sequence++ }, { label: 2, confidence: 0.9 }, time);
        if (i < dayWindows - 1) await labelDeferral(store, said);
        raw.push(rows);
      }
  return { store, node, raw };
}

async function serve(t: ExecutionContext, store: Store): Promise<string> {
  const page = await openPage(store, kind, { host: "127.0.0.1", port: 0 });
  t.teardown(() => page.close());
  return page.url;
}

test("doubts come page by page, and are the features that the node has computed", async (t) => {
  const { store, node, raw } = await fleet(t);
  const url = await serve(t, store);
  const all = await fetchDoubts(url, { limit: 6 });
  t.is(all.doubts.length, raw.length);
  t.is((await fetchDoubts(url, { limit: 7, labelled: true })).doubts.length, (raw.length * 3) / 4);
  const { doubts, refused } = fittingDoubts(all, node);
  t.deepEqual(refused, []);
  const { deviation } = description(node);
  doubts.forEach(({ window }, i) => {
    // Half a step of the int8 input, and float32's rounding.
    const worst = window.findIndex((value, at) => {
      const step = deviation[at % deviation.length]! * input.scale;
      return Math.abs(value - raw[i]![at]!) > step / 2 + 1e-4;
    });
    t.is(worst, -1, `window ${i}`);
  });
});

test("windows of other nodes, and those of which it is not known what they are, are refused by their number", async (t) => {
  const { store, node } = await fleet(t);
  const given = await fetchDoubts(await serve(t, store));
  const classes = ["other", ...node.classes.slice(1)];
  const renamed = fittingDoubts(given, { ...node, classes });
  t.deepEqual(renamed.doubts, []);
  t.like(renamed.refused, [{ count: 24 }]);
  t.regex(renamed.refused[0]!.reason, /nodes with other classes: number 0 is \w+, of this node other/);
  const actuators = node.actuators.slice(1);
  t.regex(fittingDoubts(given, { ...node, actuators }).refused[0]!.reason, /another profile/);
  const old = { ...given, doubts: given.doubts.map((one, i) => (i < 2 ? { ...one, network: null } : one)) };
  t.deepEqual(fittingDoubts(old, node).refused, [
    {
      reason: "their network is not known, or the cloud does not have it: its page says which one to add",
      count: 2,
    },
  ]);
  const options = { seed: 1, cloudLabels: false, from: "here" };
  t.throws(() => doubtExamples(given, { ...node, classes }, options), { message: /here: none of 24 .* other classes/ });
  const unsaid = { ...given, doubts: given.doubts.map((one) => ({ ...one, personLabel: null })) };
  t.throws(() => doubtExamples(unsaid, node, options), { message: /no person has labelled .* --cloud-labels/ });
  const byCloud = doubtExamples(unsaid, node, { ...options, cloudLabels: true });
  t.is(byCloud.train.length, 24);
  t.is(byCloud.heldOut.length, 0, "the cloud's word evaluates nothing");
});

test("days are held out whole, and the same ones when more come", (t) => {
  const doubts = Array.from({ length: 400 }, (_, i) => ({ devEui: nodes[i % 2]!, at: start + i * 3600 }));
  const dayOf = ({ devEui, at }: { devEui: string; at: number }) => `${devEui}/${Math.floor(at / 86400)}`;
  const days = (list: typeof doubts) => new Set(list.map(dayOf));
  const some = splitDoubts(doubts.slice(0, 200), 1);
  const all = splitDoubts(doubts, 1);
  t.is(all.train.length + all.heldOut.length, 400);
  for (const day of days(all.train)) t.false(days(all.heldOut).has(day));
  t.true(days(some.heldOut).size > 0);
  for (const day of days(some.heldOut)) t.true(days(all.heldOut).has(day));
  const one = splitDoubts(doubts.slice(0, 2), 1);
  t.is(one.heldOut.length, 1, "of two nodes' days one");
  t.is(splitDoubts(doubts.slice(0, 1), 1).heldOut.length, 0);
});

test("only days of which a person has said something are held out, whatever the cloud says of others", (t) => {
  const daily = Array.from({ length: 10 }, (_, i) => ({ devEui: nodes[0]!, at: start + i * 86400, byPerson: i < 2 }));
  const another = { ...daily[0]!, at: start + 60, byPerson: false };
  for (let seed = 1; seed <= 20; seed++) {
    const { train, heldOut } = splitDoubts([...daily, another], seed, ({ byPerson }) => byPerson);
    t.is(heldOut.length, 1, "of a person's two days one");
    t.true(heldOut[0]!.byPerson);
    t.is(train.length, heldOut[0] === daily[0] ? 9 : 10, "but what the cloud says of that day");
  }
});

test("loam train takes them with the recordings, from the cloud or a file, and says what became of them", async (t) => {
  const { store } = await fleet(t);
  await addUser(store, { name: "ann", role: "viewer", createdAt: 1 }, "not a hash");
  const now = Date.now() / 1000;
  const token = (await createToken(store, { name: "trainer", role: "viewer", expiresAt: null }, now))!;
  const url = await serve(t, store);
  const folder = await mkdtemp(path.join(tmpdir(), "loam-doubts-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const loam = (env: Record<string, string>, ...args: string[]) =>
    execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), ...args], { reject: false, env });
  const node = path.join(folder, "node.json");
  const config = JSON.parse(await readFile(example, "utf8")) as { window: { everySeconds: number } };
  config.window.everySeconds = 3600;
  await writeFile(node, JSON.stringify(config));
  const recordings = path.join(folder, "recordings");
  const made = await loam({}, "recordings", "--out", recordings, "--days", "10", "--seed", "3", "--node", node);
  t.is(made.exitCode, 0, made.stderr);
  const train = (env: Record<string, string>, ...args: string[]) =>
    loam(
      env,
      "train",
      "--recordings",
      recordings,
      "--node",
      node,
      "--out",
      path.join(folder, "m"),
      "--epochs",
      "1",
      ...args,
    );

  for (const [env, args, message] of [
    [{}, ["--cloud", url], /wants a token: make one with npx loam cloud token add NAME/],
    [{ LOAM_TOKEN: `${token}x` }, ["--cloud", url], /does not know the token in LOAM_TOKEN/],
    [{}, ["--cloud", "http://127.0.0.1:9/"], /cannot be asked: /],
    [{}, ["--cloud", "here"], /here is no address of a cloud/],
    [{}, ["--doubts", node], /node\.json: no doubts of a loam cloud: networks/],
    [{}, ["--cloud-labels"], /--cloud-labels is for doubts/],
  ] as const) {
    const { exitCode, stderr } = await train(env, ...args);
    t.is(exitCode, 1, stderr);
    t.regex(stderr, message);
    t.notRegex(stderr, /\n\s+at /);
  }

  const file = path.join(folder, "doubts.json");
  const written = await loam({ LOAM_TOKEN: token }, "cloud", "doubts", "--cloud", url, "--out", file);
  t.is(written.stdout, `24 deferred windows, 18 labelled by persons, in ${file}`, written.stderr);
  const { exitCode, stdout, stderr } = await train({ LOAM_TOKEN: token }, "--cloud", url, "--json");
  t.is(exitCode, 0, stderr);
  const { doubts, windows } = JSON.parse(stdout) as {
    windows: { train: number };
    doubts: { taken: number; heldOut: number; nodes: { train: number; heldOut: number }[]; accuracy: number };
  };
  t.like(doubts, { taken: 18, byPersons: 18, compressed: 0, refused: [], nodeAccuracy: 0, cloudAccuracy: 0 });
  t.is(doubts.nodes.length, 2);
  t.true(doubts.heldOut > 0 && doubts.heldOut % 3 === 0, "whole days");
  t.true(doubts.accuracy >= 0 && doubts.accuracy <= 1);
  const offline = await train({}, "--doubts", file, "--json");
  t.is(offline.stdout, stdout, `the same, with the checkpoint: ${offline.stderr}`);
  const bare = await train({}, "--json");
  t.is((JSON.parse(bare.stdout) as { windows: { train: number } }).windows.train, windows.train - 18 + doubts.heldOut);
});
