import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import { UserError } from "../lib/errors.js";
import { readUserFile, writeFileAtomic } from "../lib/files.js";
import { cacheRoot } from "../lib/paths.js";
import { runHost, type HostProgram } from "../xs/index.js";
import { readRecording, type Recording } from "./csv.js";
import { surveyRecording, type SensorSurvey } from "./survey.js";
import { readReasons, type UnfitWindow } from "./unfit.js";

export interface FeatureJob {
  file: string;
  config: NodeConfig;
  program: HostProgram;
  requireLabels: boolean;
  /** What would be dropped or decided is an error. */
  isStrict: boolean;
}

/** One recording's windows that are fit for the network. */
export interface FileFeatures {
  unfit: UnfitWindow[];
  times: number[];
  /** -1 where unknown. */
  labels: number[];
  /** [window][frame][feature] */
  features: Float32Array;
  /** What the recording holds, sensor by sensor. */
  survey: SensorSurvey[];
  /** What was dropped or decided in it, one sentence each. */
  remarks: string[];
}

const folder = path.join(cacheRoot, "features");

/** Features of one recording, from the cache when recording, node description and device code are the same. @throws UserError for a bad recording */
export async function extractFile(job: FeatureJob): Promise<FileFeatures> {
  const content = await readUserFile(job.file, "the recording");
  const { sensors, window, features, classes } = job.config;
  const hash = createHash("sha256").update(content);
  hash.update(
    JSON.stringify([
      sensors,
      window,
      features,
      classes,
      job.requireLabels,
      job.isStrict,
      "with remarks and ends",
      path.basename(job.file),
      path.basename(job.program.executable),
      path.basename(job.program.modules),
    ]),
  );
  const cached = path.join(folder, `${hash.digest("hex").slice(0, 32)}.bin`);
  if (existsSync(cached)) return decode(await readFile(cached));
  const result = await compute(job, content);
  await writeFileAtomic(cached, encode(result));
  return result;
}

async function compute(job: FeatureJob, content: Uint8Array): Promise<FileFeatures> {
  const recording = readRecording(job.file, content, job.config, job.requireLabels, job.isStrict);
  const temporary = path.join(
    folder,
    `${process.pid}-${path.basename(job.file)}-${Math.random().toString(36).slice(2)}`,
  );
  await mkdir(folder, { recursive: true });
  const resources = { "replay.bin": `${temporary}.replay`, "node.config.json": `${temporary}.json` };
  try {
    await writeFile(resources["replay.bin"], recording.replay);
    await writeFile(resources["node.config.json"], JSON.stringify(job.config));
    const run = await runHost(job.program, { resources });
    if (run.exitCode !== 0)
      throw new UserError(`${job.file}: the device's feature code failed (exit ${run.exitCode}):\n${run.stderr}`);
    return collect(job, run.lines, recording);
  } finally {
    for (const file of Object.values(resources)) await rm(file, { force: true });
  }
}

function collect(job: FeatureJob, lines: string[], recording: Recording): FileFeatures {
  const { times, labels } = recording;
  if (lines.length !== times.length)
    throw new Error(`${job.file}: ${lines.length} windows came back, ${times.length} went in`);
  const size = job.config.window.frames * featureLayout(job.config).count;
  const fit = lines.flatMap((line, index) => (line.startsWith("1") ? [index] : []));
  const features = new Float32Array(fit.length * size);
  const bits = new Int32Array(features.buffer);
  fit.forEach((index, row) => {
    bits.set(lines[index]!.slice(2).split(",").map(Number), row * size);
  });
  return {
    unfit: lines.flatMap((line, index) =>
      line.startsWith("1")
        ? []
        : [{ time: times[index]!, label: labels[index]!, reasons: readReasons(line.slice(2), job.config) }],
    ),
    times: fit.map((index) => times[index]!),
    labels: fit.map((index) => labels[index]!),
    features,
    survey: surveyRecording(recording, job.config),
    remarks: recording.remarks,
  };
}

function encode({ features, ...rest }: FileFeatures): Uint8Array {
  const head = Buffer.from(JSON.stringify(rest));
  const bytes = Buffer.alloc(4 + head.length + features.byteLength);
  bytes.writeUInt32LE(head.length, 0);
  head.copy(bytes, 4);
  bytes.set(new Uint8Array(features.buffer, features.byteOffset, features.byteLength), 4 + head.length);
  return bytes;
}

function decode(bytes: Buffer): FileFeatures {
  const end = 4 + bytes.readUInt32LE(0);
  const rest = JSON.parse(bytes.toString("utf8", 4, end)) as Omit<FileFeatures, "features">;
  return { ...rest, features: new Float32Array(new Uint8Array(bytes.subarray(end)).buffer) };
}
