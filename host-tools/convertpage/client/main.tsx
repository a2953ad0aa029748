import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ModelInput } from "tfjs-to-tflite/web.js";
import { inWorker } from "./converter.js";
import { Drop } from "./drop.js";
import type { Embedded } from "./embedded.js";
import { Findings } from "./findings.js";
import { isImage } from "./images.js";
import type { Part, Stage } from "./messages.js";
import { nameOf } from "./names.js";
import { Options } from "./options.js";
import { resultOf, type Result } from "./result.js";
import { describeShape, orderOf, usual, type Settings } from "./settings.js";

const embedded = JSON.parse(document.getElementById("embedded")!.textContent) as Embedded;

/** Asks what the model's inputs are, whenever it is another one. */
function useInputs(model: readonly Part[], onError: (message: string) => void): ModelInput[] | undefined {
  const [inputs, setInputs] = useState<ModelInput[]>();
  useEffect(() => {
    setInputs(undefined);
    if (model.length === 0) return;
    const ended = new AbortController();
    inWorker(embedded, { kind: "look", model: [...model] }, { signal: ended.signal }).then(
      (found) => setInputs(found.inputs),
      (failure: unknown) => {
        if (!ended.signal.aborted) onError((failure as Error).message);
      },
    );
    return () => ended.abort();
  }, [model]);
  return inputs;
}

function Page() {
  const [model, setModel] = useState<Part[]>([]);
  const [samples, setSamples] = useState<Part[]>([]);
  const [settings, setSettings] = useState<Settings>(usual);
  const [running, setRunning] = useState<Stage>();
  const stop = useRef<AbortController>(undefined);
  const [error, setError] = useState<string>();
  const [result, setResult] = useState<Result>();
  const inputs = useInputs(model, setError);
  const given =
    (set: (parts: Part[]) => void) =>
    (parts: Part[]): void => {
      setError(undefined);
      set(parts);
    };
  const convert = async (): Promise<void> => {
    setError(undefined);
    setResult(undefined);
    setRunning({ kind: "progress", what: "Reading the model ...", done: 0 });
    const { signal } = (stop.current = new AbortController());
    try {
      const name = nameOf(model);
      const order = { kind: "convert" as const, model, samples, name, ...orderOf(settings, inputs ?? []) };
      setResult(resultOf(name, await inWorker(embedded, order, { progress: setRunning, signal })));
    } catch (failure) {
      if (!signal.aborted) setError((failure as Error).message);
    } finally {
      setRunning(undefined);
    }
  };
  return (
    <main>
      <h1>tfjs to TensorFlow Lite</h1>
      <p class="muted">
        Converts a TensorFlow.js or Keras model in this browser, and says what it takes on a microcontroller. Nothing
        leaves this machine.
      </p>
      <section aria-label="What to convert">
        <div class="pair">
          <Drop
            title="Model"
            hint="A layers or graph model of TensorFlow.js (model.json with its files of weights, or their folder), a .zip of them, or a .keras or .h5 file of Keras."
            parts={model}
            onParts={given(setModel)}
            onError={setError}
          >
            {inputs && (
              <p class="muted">
                {inputs.length === 1 ? "Input" : "Inputs"}:{" "}
                {inputs.map((input) => `${input.name} ${describeShape(input)}`).join(", ")}
              </p>
            )}
          </Drop>
          <Drop
            title="Samples"
            hint="100 or more inputs like those in the field: pictures (PNG, JPEG, a folder of them), or .npy, .csv (one sample per row), .json or raw float32, one file per input. Without them the model stays float."
            parts={samples}
            onParts={given(setSamples)}
            onError={setError}
          />
        </div>
        <Options
          settings={settings}
          onSettings={(change) => setSettings((before) => ({ ...before, ...change }))}
          inputs={inputs ?? []}
          has={{ samples: samples.length > 0, pictures: samples.some(isImage) }}
        />
        <button class="main" disabled={inputs === undefined || running !== undefined} onClick={() => void convert()}>
          Convert
        </button>
        {running && (
          <>
            {" "}
            <button onClick={() => stop.current?.abort()}>Stop</button>
          </>
        )}
        <div role="status">
          {running && (
            <>
              <p>{running.what}</p>
              <progress aria-label="Progress" value={running.done} max={1} />
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

// A file that misses its place would be opened instead of the page.
for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());
render(<Page />, document.getElementById("page")!);
