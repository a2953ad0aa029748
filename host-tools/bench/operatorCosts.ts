/** What docs/benchmarks.md says of operators: instructions of each kind in each model. */

/** All operators of one kind in one model. */
export interface OperatorCost {
  model: string;
  operator: string;
  times: number;
  macs: number;
  /** Instructions retired in one invoke, by instruction set. */
  rv32: number;
  lx6: number;
}

const row = /^\| (\w+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|.*\| ([\d,]+) \|[^|]*\|$/;
const whole = (text: string): number => Number(text.replaceAll(",", ""));

/** The rows below "Where the instructions go", in the page's order. */
export function operatorCosts(page: string): OperatorCost[] {
  const costs: OperatorCost[] = [];
  let model = "";
  for (const line of page.split("\n")) {
    if (line.startsWith("#")) model = /^### (.*)/.exec(line)?.[1] ?? "";
    const [, operator, times, macs, rv32, lx6] = row.exec(line) ?? [];
    if (model && operator)
      costs.push({
        ...{ model, operator, times: whole(times!), macs: whole(macs!) },
        ...{ rv32: whole(rv32!), lx6: whole(lx6!) },
      });
  }
  return costs;
}
