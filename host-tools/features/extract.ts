import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { NodeConfig } from "../../device/config.js";
import { featureLayout, type FeatureLayout } from "../../device/features/layout.js";
import { UserError } from "../lib/errors.js";
import { loamRoot } from "../lib/paths.js";
import { startProgress, type Progress } from "../lib/progress.js";
import { buildHost } from "../xs/index.js";
import type { FeatureJob, FileFeatures } from "./job.js";
import { mergeSurveys, type SensorSurvey } from "./survey.js";
import { describeUnfit, type UnfitWindow } from "./unfit.js";
import type { WorkerAnswer } from "./worker.js";

export interface FeatureSet {
  /** [window][frame][feature] */
  features: Float32Array;
  /** Windows. */
  count: number;
  frames: number;
  layout: FeatureLayout;
  /** Index of the class; -1 where the recording has no label. */
  labels: Int32Array;
  /** Start of each window, seconds since 1970. */
  times: Float64Array;
  /** Index into the list of recordings. */
  files: Int32Array;
  /** Windows left out, because the node would not have given them to its network; `file`: index into the list of recordings. */
  unfit: (UnfitWindow & { file: number })[];
  /** What the recordings hold, sensor by sensor. */
  survey: SensorSurvey[];
}

export interface ExtractOptions {
  /** Default: a bar on the terminal. */
  progress?: Progress;
  /** Every window needs a label; default true. */
  requireLabels?: boolean;
  /** What would be dropped or decided in a recording is an error; default false. */
  isStrict?: boolean;
  /** Takes what was dropped or decided; default: prints it as a warning. */
  warn?: (remark: string) => void;
}

const printWarning = (remark: string): void => void process.stderr.write(`warning: ${remark}\n`);

/**
 * Features of recordings (CSV, see csv.ts), computed by the device's own code under XS, in as many processes as there are processors (at most 4).
 * @throws UserError for a bad recording, naming file, line and column
 */
export async function extractFeatures(
  recordings: string[],
  config: NodeConfig,
  options: ExtractOptions = {},
): Promise<FeatureSet> {
  const program = await buildHost({ manifest: path.join(loamRoot, "host-tools/features/manifest.json") });
  const progress = options.progress ?? startProgress("features", recordings.length);
  const parts: FileFeatures[] = [];
  let next = 0;
  let done = 0;
  const work = async () => {
    const worker = fork(fileURLToPath(new URL("./worker.ts", import.meta.url)), {
      execArgv: ["--import", import.meta.resolve("tsx")],
      serialization: "advanced",
    });
    const died = once(worker, "exit").then(([code, signal]) =>
      Promise.reject(new Error(`a process that computed features ended (${String(code ?? signal)})`)),
    );
    died.catch(() => {});
    try {
      for (let at = next++; at < recordings.length; at = next++) {
        parts[at] = await ask(worker, died, {
          file: recordings[at]!,
          config,
          program,
          requireLabels: options.requireLabels ?? true,
          isStrict: options.isStrict ?? false,
        });
        progress.update(++done, path.basename(recordings[at]!));
      }
    } finally {
      next = recordings.length;
      worker.disconnect();
    }
  };
  const workers = Math.min(recordings.length, availableParallelism(), 4);
  await Promise.all(Array.from({ length: workers }, work));
  const set = join(parts, config);
  for (const remark of parts.flatMap(({ remarks }) => remarks)) (options.warn ?? printWarning)(remark);
  progress.finish(`${set.count} windows, ${describeUnfit(set.unfit)}`);
  return set;
}

async function ask(worker: ChildProcess, died: Promise<never>, job: FeatureJob): Promise<FileFeatures> {
  const answered = new Promise<[WorkerAnswer]>((resolve) =>
    worker.once("message", (answer) => resolve([answer as WorkerAnswer])),
  );
  worker.send(job);
  const [answer] = await Promise.race([answered, died]);
  if ("refused" in answer) throw new UserError(answer.refused);
  if ("error" in answer) throw new Error(answer.error);
  return answer.result;
}

function join(parts: FileFeatures[], config: NodeConfig): FeatureSet {
  const layout = featureLayout(config);
  const count = parts.reduce((sum, part) => sum + part.times.length, 0);
  const { frames } = config.window;
  const size = frames * layout.count;
  const set: FeatureSet = {
    features: new Float32Array(count * size),
    count,
    frames,
    layout,
    labels: new Int32Array(count),
    times: new Float64Array(count),
    files: new Int32Array(count),
    unfit: parts.flatMap(({ unfit }, file) => unfit.map((window) => ({ ...window, file }))),
    survey: mergeSurveys(parts.map((part) => part.survey)),
  };
  let at = 0;
  parts.forEach((part, file) => {
    set.features.set(part.features, at * size);
    set.labels.set(part.labels, at);
    set.times.set(part.times, at);
    set.files.fill(file, at, at + part.times.length);
    at += part.times.length;
  });
  return set;
}
