import { Table } from "../../web/table.js";
import type { Analysis } from "../analysis.js";
import type { LayerDamage } from "./result.js";
import { withoutShared } from "./names.js";
import { whole } from "../../web/format.js";
import { decibels, time } from "./text.js";

/** Four bits, at 6 dB each. */
const poor = 24;

interface LayersOptions {
  analysis: Analysis;
  damage: readonly LayerDamage[];
}

/** A row for each operator of the file. */
export function Layers({ analysis: { operators, times }, damage }: LayersOptions) {
  const columns = [
    ...["operator", "layer", "output", "MACs", "weights, bytes", "SNR, dB", "live, bytes", "TFLM, bytes"],
    ...times.map(({ chip }) => `${chip.name}, ms`),
  ];
  const names = withoutShared(damage.map(({ layer }) => layer));
  return (
    <Table columns={columns} stays="first">
      {operators.map((row, i) => {
        const { layer, snr } = damage[i]!;
        return (
          <tr key={i} id={`operator-${i}`}>
            <td>
              {i} {row.operator}
            </td>
            <td class="name" title={layer}>
              {names[i]}
            </td>
            <td>{row.shape.join(" x ")}</td>
            <td>{whole(row.macs)}</td>
            <td>{whole(row.weightBytes)}</td>
            <td class={typeof snr === "number" && snr < poor ? "poor" : ""}>{decibels(snr)}</td>
            <td>{whole(row.live)}</td>
            <td>{row.tflm === undefined ? "" : whole(row.tflm)}</td>
            {row.milliseconds.map((each, chip) => (
              <td key={chip}>{time(each)}</td>
            ))}
          </tr>
        );
      })}
    </Table>
  );
}
