import { render } from "preact";
import { useState } from "preact/hooks";
import { endsOf, type EndType } from "tfjs-to-tflite/graph/emit.js";
import { activationTypes, type ActivationType } from "tfjs-to-tflite/graph/parameters.js";
import { inWorker } from "./converter.js";
import { Drop } from "./drop.js";
import type { Embedded } from "./embedded.js";
import { Findings } from "./findings.js";
import type { Part } from "./messages.js";
import { resultOf, type Result } from "./result.js";

const embedded = JSON.parse(document.getElementById("embedded")!.textContent) as Embedded;

/** Of the model's folder, or "model": what files and the C symbol are called. */
function nameOf(model: readonly Part[]): string {
  const folder = /([^/]+)\/[^/]*$/.exec(model[0]?.path ?? "")?.[1] ?? "";
  const name = folder.replaceAll(/[^A-Za-z0-9_.-]+/g, "_");
  return /[A-Za-z0-9]/.test(name) ? name : "model";
}

function Page() {
  const [model, setModel] = useState<Part[]>([]);
  const [samples, setSamples] = useState<Part[]>([]);
  const [activations, setActivations] = useState<ActivationType>("int8");
  const [chosenIo, setIo] = useState<EndType>("int8");
  const io = endsOf[activations].includes(chosenIo) ? chosenIo : activations;
  const [running, setRunning] = useState<number>();
  const [error, setError] = useState<string>();
  const [result, setResult] = useState<Result>();
  const convert = async (): Promise<void> => {
    setError(undefined);
    setResult(undefined);
    setRunning(0);
    try {
      const name = nameOf(model);
      const made = await inWorker(embedded, { model, samples, activations, io, name }, setRunning);
      setResult(resultOf(name, made));
    } catch (failure) {
      setError((failure as Error).message);
    } finally {
      setRunning(undefined);
    }
  };
  return (
    <main>
      <h1>tfjs to TensorFlow Lite</h1>
      <p class="muted">
        Converts a TensorFlow.js model in this browser, and says what it takes on a microcontroller. Nothing leaves this
        machine.
      </p>
      <section aria-label="What to convert">
        <div class="pair">
          <Drop
            title="Model"
            hint="model.json of a layers or graph model, with its weights: the files, or their folder"
            folder
            parts={model}
            onParts={setModel}
            onError={setError}
          />
          <Drop
            title="Samples"
            hint="100 or more inputs like those in the field: .npy, .csv (one sample per row), .json or raw float32; one file per input. Without them the model stays float32."
            parts={samples}
            onParts={setSamples}
            onError={setError}
          />
        </div>
        <div class="options">
          <label>
            Activations{" "}
            <select
              value={activations}
              onChange={({ currentTarget }) => setActivations(currentTarget.value as ActivationType)}
            >
              {activationTypes.map((type) => (
                <option key={type} value={type}>
                  {type === "int16" ? "int16 (16x8)" : type}
                </option>
              ))}
            </select>
          </label>
          <label>
            Inputs and outputs{" "}
            <select value={io} onChange={({ currentTarget }) => setIo(currentTarget.value as EndType)}>
              {endsOf[activations].map((type) => (
                <option key={type}>{type}</option>
              ))}
            </select>
          </label>
          <button disabled={model.length === 0 || running !== undefined} onClick={() => void convert()}>
            Convert
          </button>
        </div>
        <div role="status">
          {running !== undefined && (
            <>
              <p>{samples.length > 0 ? "Quantizing ..." : "Converting ..."}</p>
              <progress aria-label="Progress" value={running} max={1} />
            </>
          )}
          {result && <p>Converted: {result.name}.tflite is below.</p>}
        </div>
        {error !== undefined && <p role="alert">{error}</p>}
      </section>
      {result && <Findings result={result} />}
    </main>
  );
}

render(<Page />, document.getElementById("page")!);
