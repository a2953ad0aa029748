import { render } from "preact";
import { useEffect } from "preact/hooks";
import type { PageData } from "../pack.js";
import { Ablation } from "./ablation.js";
import { Confidence } from "./confidence.js";
import { Day } from "./day.js";
import { Explorer } from "./explorer.js";
import { LearningCurves } from "./learning.js";
import { Operators } from "./operators.js";
import { Matrices, Pipeline, ScoreTable } from "./stages.js";
import { UnfitWindows } from "./unfit.js";

const report = JSON.parse(document.getElementById("report")!.textContent) as PageData;

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
      <Explorer explorer={report.explorer} classes={node.classes} />
      <UnfitWindows unfit={report.unfit} />
      <LearningCurves learning={report.learning} />
      <Confidence report={report} />
      <Operators report={report} />
      {experiments && <Ablation experiments={experiments} simulated={recordings.simulated} />}
    </main>
  );
}

render(<Page />, document.getElementById("page")!);
