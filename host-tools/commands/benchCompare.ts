import { firstDifference, isRefusal, type Comparison } from "../bench/compare.js";
import type { Bench } from "../bench/measure.js";
import { operatorsDefine } from "../inference/operators.js";
import { formatTable } from "../lib/table.js";

/** Names for people. */
const titles = { micro: "micro", tflm: "TFLM", "tflm-esp-nn": "TFLM, ESP-NN" } as const;

const times = (count: number, of: number): string => `${(count / of).toFixed(2)}x`;

/** TensorFlow Lite Micro's reference kernels say what is right. */
const truthOf = (comparison: Comparison): Bench | undefined =>
  comparison.find((each): each is Bench => !isRefusal(each) && each.engine === "tflm");

function showOperators(comparison: Comparison): void {
  const benches = comparison.filter((each): each is Bench => !isRefusal(each));
  const [first] = benches;
  const truth = truthOf(comparison);
  const rows = first!.operators.map(({ index, operator, shape, macs }) => {
    const each = benches.map(({ operators }) => operators.find((row) => row.index === index));
    const right = truth?.operators.find((row) => row.index === index)?.hash;
    return [
      index,
      operator,
      shape.join("x"),
      macs,
      ...each.flatMap((row) => [row?.count ?? "", row && macs ? (row.count / macs).toFixed(2) : ""]),
      right === undefined || each.some((row) => row === undefined)
        ? ""
        : each.every((row) => row!.hash === right)
          ? "equal"
          : "differ",
    ];
  });
  const head = [
    "#",
    "operator",
    "output",
    "MACs",
    ...benches.flatMap(({ engine }) => [titles[engine], "per MAC"]),
    "bytes",
  ];
  process.stdout.write(`${first!.model}\n${formatTable(head, rows)}\n`);
  process.stdout.write(`-DINFERENCE_OPERATORS="${operatorsDefine(first!.operatorsUsed)}"\n`);
}

/** One table of all models, with a row an engine; with `operators`, one table a model with a row an operator. */
export function showComparisons(comparisons: readonly Comparison[], operators: boolean): void {
  const rows = comparisons.flatMap((comparison) => {
    const micro = comparison.find((each): each is Bench => !isRefusal(each) && each.engine === "micro");
    const truth = truthOf(comparison);
    return comparison.flatMap((each) =>
      isRefusal(each)
        ? []
        : [
            [
              each.model,
              titles[each.engine],
              each.macs,
              each.count,
              each.countPerMac.toFixed(2),
              micro ? times(each.count, micro.count) : "",
              each.arena,
              each.text!.model,
              each.text!.all,
              truth ? firstDifference(each, truth) : "",
            ],
          ],
    );
  });
  const head = [
    "model",
    "engine",
    "MACs",
    "instructions, rv32",
    "per MAC",
    "of micro's",
    "arena",
    "text, own operators",
    "text, all operators",
    "bytes",
  ];
  process.stdout.write(`${formatTable(head, rows)}\n`);
  for (const each of comparisons.flat())
    if (isRefusal(each)) process.stdout.write(`${titles[each.engine]}: ${each.refused}\n`);
  if (operators) for (const comparison of comparisons) showOperators(comparison);
}
