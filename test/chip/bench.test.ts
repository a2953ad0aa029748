// Slow: the whole node on an emulated chip, window by window
import { readFileSync } from "node:fs";
import path from "node:path";
import { benchNode, type NodeBench } from "../../host-tools/bench/node.js";
import { benchScript } from "../../host-tools/bench/script.js";
import { stageOf } from "../../host-tools/bench/stages.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { board, needs } from "../helpers/needs.js";

/** Windows of each run: of the first two nothing is counted. */
const windows = 3;
const config = await readNode(path.join(loamRoot, "node.config.json"));

/** Of the node as it is, for both tests. */
let measured: Promise<NodeBench> | undefined;
const measure = (): Promise<NodeBench> => (measured ??= benchNode({ config, windows }));

needs(board)(
  "the bench of the whole node: every stage is there, the stages are the window, the parts fit RAM",
  async (t) => {
    t.timeout(600_000);
    const bench = await measure();
    t.is(bench.windows, 1);
    t.is(
      bench.stages.reduce((sum, { instructions }) => sum + instructions, 0),
      bench.instructions,
    );
    // A deep sleep is between two windows, and a collection at least once in two.
    for (const { stage, instructions } of bench.stages)
      t.true(instructions > 0 || stage === "garbage collection", stage);
    t.true(
      bench.toVerdict > 2_000_000 && bench.toVerdict < 7_200_000,
      `${bench.toVerdict} from the last sample to the verdict`,
    );
    for (const { part, peak, reserved } of bench.memory)
      t.true(peak <= reserved && reserved >= 0, `${part}: ${peak} of ${reserved}`);
    t.is(
      bench.memory.reduce((sum, { reserved }) => sum + reserved, 0),
      bench.reserved,
    );
    t.true(bench.reserved <= bench.ram);
    t.is(bench.ram, 400 * 1024);
  },
);

needs(board)("an app script as source text is the shorter package, and takes no more memory at most", async (t) => {
  t.timeout(600_000);
  const directory = path.join(loamRoot, "device/app");
  const figures = await benchScript({ directory, config, windows, asByteCode: await measure() });
  for (const row of figures) t.log(row);
  const of = (figure: string) => figures.find((row) => row.figure.startsWith(figure))!;
  t.true(of("package").source <= 500);
  const page = readFileSync(path.join(loamRoot, "docs/scripts.md"), "utf8");
  for (const figure of ["app script", "deflated", "package"]) {
    const { source, byteCode } = of(figure);
    t.regex(page, new RegExp(`^\\| ${figure}.* \\| ${source} \\| ${byteCode} \\|$`, "m"));
  }
  for (const figure of ["app script", "deflated", "package"]) t.true(of(figure).source < of(figure).byteCode, figure);
  for (const figure of ["flash", "instructions", "C stack"]) t.true(of(figure).source > of(figure).byteCode, figure);
  // The text is compiled before the network has its arena: the most is reached later.
  t.true(Math.abs(of("C heap").source - of("C heap").byteCode) < 1000);
});

needs(board)("modules belong to the stage of the data path that they are for", (t) => {
  const wanted = {
    sampler: "sampling",
    ring: "sampling",
    "features/features": "features",
    statistics: "features",
    normalizer: "normalizing",
    inference: "inference",
    "lorawan/exchange": "MAC",
    loracrypto: "MAC",
    "flash/record": "storage",
    "outbox/outbox": "storage",
    "flash/fields": "wake and sleep",
    wake: "wake and sleep",
    app: "script",
    "garbage collection": "garbage collection",
    "": "event loop and radio driver",
  } as const;
  for (const [module, stage] of Object.entries(wanted)) t.is(stageOf(module), stage, module);
});
