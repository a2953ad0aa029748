// Slow: trains a network
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { describePublic, publicPage } from "../../host-tools/experiments/public/page.js";
import { runPublic, setsIn } from "../../host-tools/experiments/public/run.js";
import { publicSets, type PublicSet } from "../../host-tools/experiments/public/sets.js";
import { silentProgress } from "../../host-tools/lib/progress.js";
import { Random } from "../../host-tools/lib/random.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";

const wisdm = publicSets.find(({ name }) => name === "wisdm")!;

/** Six persons whose watches swing at a frequency of each activity, in the form of the data set: "1600,A,x,y,z;" */
function person(number: number): string {
  const random = new Random(`person ${number}`);
  const lines: string[] = [];
  ["A", "B", "C", "D", "E", "M"].forEach((activity, index) => {
    for (let row = 0; row < 400; row++) {
      const swing = (index + 1) * Math.sin((2 * Math.PI * (index + 1) * row) / 40);
      const [x, y, z] = [swing, 9.81, -swing].map((value) => (value + 0.2 * random.normal()).toFixed(4));
      lines.push(`${number},${activity},${x},${y},${z};`);
    }
  });
  return `${lines.join("\n")}\n`;
}

test("a public set is imported as it was published, trained, and told of in the page", async (t) => {
  await startBackend("wasm");
  const folder = await mkdtemp(path.join(tmpdir(), "loam-public-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await mkdir(path.join(folder, "wisdm"));
  for (let number = 1600; number < 1606; number++)
    await writeFile(path.join(folder, "wisdm", `data_${number}_accel_watch.txt`), person(number));
  t.deepEqual(
    setsIn(folder).map(({ name }) => name),
    ["wisdm"],
  );
  const set: PublicSet = {
    ...wisdm,
    name: "wisdm",
    training: { ...wisdm.training, shape: "separable-4-8", epochs: 2 },
  };
  const result = await runPublic(set, folder, { seed: 1, progress: silentProgress, build: path.join(folder, "build") });
  // 400 rows at 20 Hz: two windows of each of six activities.
  t.is(result.windows.train + result.windows.validation + result.windows.test, 6 * 12);
  t.is(result.recordings, 6);
  t.deepEqual(
    result.classes.map(({ name }) => name),
    wisdm.node.classes,
  );
  t.is(result.reached, result.int8.accuracy);
  t.true(result.needs.arena < 49_152);
  const page = publicPage([result], 1);
  t.regex(page, /^### WISDM/);
  t.regex(page, /\| int8, on the node's engine \| [\d.]+ % \|/);
  t.regex(page, /`--shape separable-4-8`: [\d,]+ parameters/);
  t.regex(describePublic([result]), /accuracy, int8: [\d.]+ %; aim 84\.0 % or more: (met|missed)/);
});

test("what is no folder of public sets is refused with what they are", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-public-"));
  t.teardown(() => rm(folder, { recursive: true }));
  t.throws(() => setsIn(folder), {
    name: "UserError",
    message: /no folder of a public set .*wisdm: .*cwru: .*skab: /s,
  });
  t.throws(() => setsIn(folder, ["skab"]), { message: /no folder skab/ });
  t.throws(() => setsIn(folder, ["mnist"]), { message: /--only mnist: there is no such public set; there are wisdm/ });
});
