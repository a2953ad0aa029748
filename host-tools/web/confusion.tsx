import { percent } from "./format.js";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

interface ConfusionOptions {
  /** Of what. */
  name: string;
  classes: readonly string[];
  /** Rows are the true class, columns the predicted one; counts of windows. */
  confusion: readonly (readonly number[])[];
}

/** A matrix of confusion with what it says of each class: recall at the rows' ends, precision below the columns. */
export function Confusion({ name, classes, confusion }: ConfusionOptions) {
  const columns = classes.map((_, predicted) => confusion.map((row) => row[predicted] ?? 0));
  const share = (right: number, of: number): string => percent(of === 0 ? null : right / of);
  return (
    <div class="scroll">
      <table class="confusion">
        <caption class="muted">{name}: rows true class, columns verdict</caption>
        <thead>
          <tr>
            <td />
            {classes.map((each) => (
              <th scope="col" key={each}>
                {each}
              </th>
            ))}
            <th scope="col">recall</th>
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, truth) => (
            <tr key={truth}>
              <th scope="row">{classes[truth]}</th>
              {row.map((count, predicted) => (
                <td
                  key={predicted}
                  class={truth === predicted ? "right" : "wrong"}
                  style={{ "--share": (count / Math.max(1, sum(row))).toFixed(3) }}
                >
                  {count === 0 ? "" : count}
                </td>
              ))}
              <td>{share(row[truth] ?? 0, sum(row))}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">precision</th>
            {columns.map((column, predicted) => (
              <td key={predicted}>{share(column[predicted] ?? 0, sum(column))}</td>
            ))}
            <td />
          </tr>
        </tbody>
      </table>
    </div>
  );
}
