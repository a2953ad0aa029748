// Slow: builds engines with several lists of operators
import { engineText } from "../../host-tools/board/index.js";
import { needs, rv32Compiler } from "../helpers/needs.js";

/** What an engine's code and constants may take on RV32IMC, its share of the C library included. */
const limits: [engine: string, operators: string[] | undefined, bytes: number][] = [
  ["all operators", undefined, 65_536],
  [
    "the operators of MLPerf Tiny's keyword spotting",
    ["AVERAGE_POOL_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "RESHAPE", "SOFTMAX"],
    20_480,
  ],
];

for (const [engine, operators, limit] of limits)
  needs(rv32Compiler)(`the engine with ${engine} takes at most ${limit} bytes`, async (t) => {
    const bytes = await engineText(operators ? { operators } : {});
    t.true(bytes <= limit, `${bytes} bytes`);
  });
