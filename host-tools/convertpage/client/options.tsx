import { endsOf } from "tfjs-to-tflite/graph/emit.js";
import { lstmForms } from "tfjs-to-tflite/convert/builder.js";
import { activationTypes } from "tfjs-to-tflite/graph/parameters.js";
import { weightTypes } from "tfjs-to-tflite/convert/weights.js";
import type { ModelInput } from "tfjs-to-tflite/web.js";
import { fits } from "./images.js";
import { byMeanAndStd, describeShape, endOf, isFree, normalizations, type Settings } from "./settings.js";
import { labels } from "./words.js";

interface ChoiceOptions<T extends string> {
  label: string;
  values: readonly T[];
  value: T;
  /** What a value is called; without it, itself. */
  name?(value: T): string;
  onValue(value: T): void;
}

function Choice<T extends string>({ label, values, value, name = (each) => each, onValue }: ChoiceOptions<T>) {
  return (
    <label>
      {label}{" "}
      <select value={value} onChange={({ currentTarget }) => onValue(currentTarget.value as T)}>
        {values.map((each) => (
          <option key={each} value={each}>
            {name(each)}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TextOptions {
  label: string;
  value: string;
  placeholder?: string;
  onValue(value: string): void;
}

function Text({ label, value, placeholder = "", onValue }: TextOptions) {
  return (
    <label>
      {label}{" "}
      <input value={value} placeholder={placeholder} onInput={({ currentTarget }) => onValue(currentTarget.value)} />
    </label>
  );
}

interface CheckOptions {
  label: string;
  value: boolean;
  onValue(value: boolean): void;
}

function Check({ label, value, onValue }: CheckOptions) {
  return (
    <label>
      <input type="checkbox" checked={value} onChange={({ currentTarget }) => onValue(currentTarget.checked)} /> {label}
    </label>
  );
}

interface OptionsOptions {
  settings: Settings;
  onSettings(change: Partial<Settings>): void;
  /** Of the model. */
  inputs: readonly ModelInput[];
  has: { samples: boolean; pictures: boolean };
}

/** What to choose for the files that are there: no more than matters for them. */
export function Options({ settings, onSettings, inputs, has }: OptionsOptions) {
  const { shapes } = settings;
  return (
    <div class="options">
      {inputs.filter(isFree).map((input) => (
        <Text
          key={input.name}
          label={`Sizes of ${input.name}, ${describeShape(input)} in the model, without the batch`}
          value={shapes[input.name] ?? ""}
          placeholder={input.shape?.map((size) => size ?? 224).join(", ") ?? "224, 224, 3"}
          onValue={(value) => onSettings({ shapes: { ...shapes, [input.name]: value } })}
        />
      ))}
      {has.pictures && (
        <>
          <Choice
            label="Values of the pictures"
            values={[...Object.keys(normalizations), byMeanAndStd]}
            value={settings.normalization}
            onValue={(normalization) => onSettings({ normalization })}
          />
          {settings.normalization === byMeanAndStd && (
            <>
              <Text label={labels.mean} value={settings.mean} onValue={(mean) => onSettings({ mean })} />
              <Text label={labels.std} value={settings.std} onValue={(std) => onSettings({ std })} />
            </>
          )}
          <Choice
            label="Pictures of another shape"
            values={fits}
            value={settings.fit}
            onValue={(fit) => onSettings({ fit })}
          />
        </>
      )}
      {has.samples ? (
        <>
          <Choice
            label={labels.activations}
            values={activationTypes}
            name={(type) => (type === "int16" ? "int16 (16x8)" : type)}
            value={settings.activations}
            onValue={(activations) => onSettings({ activations })}
          />
          <Choice
            label={labels.ends}
            values={endsOf[settings.activations]}
            value={endOf(settings)}
            onValue={(io) => onSettings({ io })}
          />
        </>
      ) : (
        <Choice
          label="Weights of the float model"
          values={weightTypes}
          value={settings.weights}
          onValue={(weights) => onSettings({ weights })}
        />
      )}
      <details>
        <summary>More options</summary>
        <label>
          Names of the classes, one a line, which the file then carries
          <textarea
            rows={4}
            value={settings.labels}
            onInput={({ currentTarget }) => onSettings({ labels: currentTarget.value })}
          />
        </label>
        <Choice
          label={labels.lstm}
          values={lstmForms}
          name={(form) => (form === "fused" ? "fused (one operator for all steps)" : form)}
          value={settings.lstm}
          onValue={(lstm) => onSettings({ lstm })}
        />
        {has.samples && (
          <>
            <Check label={labels.mixed} value={settings.mixed} onValue={(mixed) => onSettings({ mixed })} />
            <Check label={labels.force} value={settings.force} onValue={(force) => onSettings({ force })} />
          </>
        )}
      </details>
    </div>
  );
}
