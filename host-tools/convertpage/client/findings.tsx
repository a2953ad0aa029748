import { describeAccuracy } from "../../inference/expected.js";
import { ArenaPlot, DamagePlot } from "./plots.js";
import { Downloads } from "./downloads.js";
import { Layers } from "./layers.js";
import { Network } from "./network.js";
import type { Result } from "./result.js";
import { percent, whole } from "../../web/format.js";
import { decibels, time } from "./text.js";

function Agreement({ report: { agreement, type }, left }: Result) {
  if (!agreement)
    return <p>Without samples the model stays float32: give some to make it int8, and to see what that changes.</p>;
  const { with: truth, samples, snr, largestDifference, top1 } = agreement;
  return (
    <p>
      {type} against {truth}, on {whole(samples)} samples: signal to noise {decibels(snr)}
      {snr !== null && " dB"}, largest difference {largestDifference.toPrecision(3)}
      {top1 !== undefined && `, same class in ${percent(top1)}`}.
      {left > 0 && ` Of the pictures ${whole(left)} were left out, evenly spread: all would not fit into memory.`}
    </p>
  );
}

function Times({ analysis: { times }, report }: Result) {
  if (report.type !== "int8") return <p>No estimate: models of {report.type} were not measured.</p>;
  return (
    <>
      <ul>
        {times.map(({ chip, milliseconds, without }) => (
          <li key={chip.name}>
            {chip.name}, {chip.megahertz} MHz: <b>{time(milliseconds)} ms</b>
            {without > 0 && `, without ${without} operators that were not measured`}
          </li>
        ))}
      </ul>
      <p class="muted">
        An estimate for one invoke of an int8 model with loam's engine and its prepared table (
        <code>npx loam-node plan</code> writes it into the file): from the instructions of measured operators, by kind
        and size, at an instruction a cycle; waiting for flash and PSRAM comes on top. The ESP32-S3 counts without its
        vector instructions. {describeAccuracy()}
      </p>
    </>
  );
}

/** Everything about a converted model. */
export function Findings({ result }: { result: Result }) {
  const { name, report, analysis, damage } = result;
  const live = analysis.operators.map((row) => row.live);
  const most = Math.max(0, ...live);
  const peak = live.indexOf(most);
  return (
    <>
      <section aria-labelledby="made">
        <h2 id="made">{name}.tflite</h2>
        <p>
          {report.type}, {whole(analysis.operators.length)} operators, {whole(report.parameters)} parameters,{" "}
          {whole(report.macs)} MACs, {whole(report.bytes)} bytes
        </p>
        <Agreement {...result} />
        {report.warnings.map((warning) => (
          <p key={warning} class="alarm">
            {warning}.
          </p>
        ))}
        <Downloads {...result} />
      </section>
      <section aria-labelledby="graph">
        <h2 id="graph">Graph</h2>
        <Network operators={analysis.operators} input={report.inputs[0]?.shape ?? []} />
      </section>
      {report.type !== "float32" && (
        <section aria-labelledby="damage">
          <h2 id="damage">{report.type} damage, layer by layer</h2>
          <DamagePlot analysis={analysis} damage={damage} type={report.type} />
          <p class="muted">
            Signal-to-noise ratio of each layer's output, {report.type} against float on the same weights and samples:
            the tensors' rounding simulated with tfjs. Rounding inside of an operator, which is TensorFlow Lite's,
            differs by a step or two.
          </p>
        </section>
      )}
      <section aria-labelledby="arena">
        <h2 id="arena">Arena over time</h2>
        <ArenaPlot analysis={analysis} />
        <p>
          Live tensors take {whole(most)} bytes at most, at {peak} {analysis.operators[peak]?.operator}: loam's own
          engine needs at least that, and its records. Its planner is not on this page:{" "}
          <code>npx loam-node arena {name}.tflite</code> gives the exact figure.{" "}
          {analysis.tflm === undefined
            ? `No figures of TensorFlow Lite Micro: ${analysis.refusal}.`
            : `TensorFlow Lite Micro needs an arena of ${whole(analysis.tflm)} bytes, its own records included.`}
        </p>
      </section>
      <section aria-labelledby="times">
        <h2 id="times">Time on a chip</h2>
        <Times {...result} />
      </section>
      <section aria-labelledby="layers">
        <h2 id="layers">Layers</h2>
        <Layers analysis={analysis} damage={damage} />
      </section>
    </>
  );
}
