import test from "ava";
import { boardPackages, engineText } from "../../host-tools/board/index.js";
import { MissingTool } from "../../host-tools/lib/errors.js";

/** What an engine's code and constants may take on RV32IMC, its share of the C library included. */
const limits: [engine: string, operators: string[] | undefined, bytes: number][] = [
  ["all operators", undefined, 40_960],
  [
    "the operators of MLPerf Tiny's keyword spotting",
    ["AVERAGE_POOL_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "RESHAPE", "SOFTMAX"],
    20_480,
  ],
];

for (const [engine, operators, limit] of limits)
  test(`the engine with ${engine} takes at most ${limit} bytes`, async (t) => {
    try {
      const bytes = await engineText(operators ? { operators } : {});
      t.true(bytes <= limit, `${bytes} bytes`);
    } catch (error) {
      if (!(error instanceof MissingTool)) throw error;
      t.log(`skipped: ${boardPackages}`);
      t.pass();
    }
  });
