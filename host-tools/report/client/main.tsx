import { render } from "preact";
import { useEffect } from "preact/hooks";
import type { ReportData } from "../data.js";
import { Ablation } from "./ablation.js";
import { Confidence } from "./confidence.js";
import { Day } from "./day.js";
import { Operators } from "./operators.js";
import { Matrices, Pipeline, ScoreTable } from "./stages.js";

const report = JSON.parse(document.getElementById("report")!.textContent) as ReportData;

function Page() {
  // After those of the charts: they are drawn.
  useEffect(() => {
    document.documentElement.dataset["ready"] = "true";
  }, []);
  const { title, node, command, made, recordings, day, experiments } = report;
  return (
    <main>
      <h1>{title}</h1>
      <p class="muted">
        {node.sensors.map(({ name }) => name).join(", ")}; {node.classes.length} classes; made by <code>{command}</code>
        , {made}.{" "}
        {recordings.simulated
          ? "The recordings, the radio and the day are simulated."
          : "The node's radio and the air are simulated."}
      </p>
      <Pipeline report={report} />
      <ScoreTable report={report} />
      <Day day={day} classes={node.classes} />
      <Matrices report={report} />
      <Confidence report={report} />
      <Operators report={report} />
      {experiments && <Ablation experiments={experiments} simulated={recordings.simulated} />}
    </main>
  );
}

render(<Page />, document.getElementById("page")!);
