import { Confusion } from "../../web/confusion.js";
import { percent, whole } from "../../web/format.js";
import { Table } from "../../web/table.js";
import type { Baseline, Stage } from "../data.js";
import type { PageData } from "../pack.js";

/** The forms of the network, each with its accuracy and size. */
export function Pipeline({ report: { stages, recordings } }: { report: PageData }) {
  const largest = Math.max(...stages.map(({ bytes }) => bytes));
  return (
    <section id="pipeline" aria-labelledby="pipeline-title">
      <h2 id="pipeline-title">From the float network to the node</h2>
      <p>
        Accuracy on {whole(recordings.test)} held-out windows ({whole(recordings.train)} for training,{" "}
        {whole(recordings.validation)} for validation).
      </p>
      <div class="strip">
        {stages.map(({ name, accuracy, bytes, parameters, note }) => (
          <div class="stage" key={name}>
            <h3>{name}</h3>
            <b>{percent(accuracy)}</b>
            {whole(bytes)} bytes
            <br />
            <span class="muted">
              {whole(parameters)} parameters. {note}
            </span>
            <div class="bar" style={{ width: `${((100 * bytes) / largest).toFixed(1)}%` }} />
          </div>
        ))}
      </div>
    </section>
  );
}

const Scores = ({ accuracy, balancedAccuracy, macroF1 }: Stage | Baseline) => (
  <>
    <td>{percent(accuracy)}</td>
    <td>{percent(balancedAccuracy)}</td>
    <td>{percent(macroF1)}</td>
  </>
);

/** The networks beside what no network is needed for. */
export function ScoreTable({ report: { stages, baselines, warnings } }: { report: PageData }) {
  return (
    <section id="scores" aria-labelledby="scores-title">
      <h2 id="scores-title">Networks and baselines</h2>
      <Table
        columns={["network", "accuracy", "balanced accuracy", "macro F1", "parameters", "bytes", "calibration error"]}
      >
        {stages.map((stage) => (
          <tr key={stage.name}>
            <td>{stage.name}</td>
            <Scores {...stage} />
            <td>{whole(stage.parameters)}</td>
            <td>{whole(stage.bytes)}</td>
            <td>{percent(stage.calibrationError)}</td>
          </tr>
        ))}
        {baselines.map((baseline) => (
          <tr key={baseline.name}>
            <td>
              {baseline.name} <span class="muted">{baseline.note}</span>
            </td>
            <Scores {...baseline} />
            <td />
            <td />
            <td />
          </tr>
        ))}
      </Table>
      {warnings.map((warning) => (
        <p class="warning" key={warning}>
          {warning}.
        </p>
      ))}
    </section>
  );
}

/** Each form's matrix, with the precision and recall of each class. */
export function Matrices({ report: { stages, node } }: { report: PageData }) {
  return (
    <section id="confusion" aria-labelledby="confusion-title">
      <h2 id="confusion-title">Confusion, precision and recall</h2>
      <div class="pair">
        {stages.map(({ name, confusion }) => (
          <Confusion key={name} name={name} classes={node.classes} confusion={confusion} />
        ))}
      </div>
    </section>
  );
}
