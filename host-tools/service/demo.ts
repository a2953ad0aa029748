/** Simulated nodes that live through a recorded day in front of a running cloud: their own code under XS, with simulated sensors, radio and air. */
import { otaaOf } from "../node/registration.js";
import { existsSync } from "node:fs";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import { Air, type NodePort } from "../air/index.js";
import { readRecording, type Recording } from "../features/csv.js";
import { shifted } from "../features/shift.js";
import { attachForwarder } from "../gateway/airgateway.js";
import { UserError } from "../lib/errors.js";
import { readUserFile, readUserFolder } from "../lib/files.js";
import { hostManifest, ownRecordings, simulatedRecordings } from "../node/nodeFolder.js";
import { generateRecordings, testShare } from "../recordings/generate.js";
import { writeResources } from "../simulate/resources.js";
import { buildHost, runHost, type HostProgram } from "../xs/index.js";

const gatewayEui = "aa555a00000000de";
const microseconds = 1e6;
/** The day ends this long (s) before another window would begin. */
const margin = 1;

export interface DemoOptions {
  config: NodeConfig;
  /** int8, with normalizer.bin beside it. */
  model: string;
  nodes: readonly DemoNode[];
  /** UDP port of the cloud's network server. */
  port: number;
  signal: AbortSignal;
  /** A node has heard the cloud's decision; `outcome`: "acted", or why it did not. */
  onDecision(devEui: string, sequence: number, outcome: string): void;
}

export interface DemoNode {
  devEui: string;
  joinEui: string;
  appKey: string;
  /** A recorded day, CSV. */
  recording: string;
}

/** Nodes like the described one, each with another recorded day. */
export async function demoNodes({ radio, ...config }: NodeConfig, count: number, folder: string): Promise<DemoNode[]> {
  const days = await recordedDays({ radio, ...config }, count, folder);
  const { devEui, joinEui, appKey } = otaaOf(radio);
  const first = BigInt(`0x${devEui}`);
  return Array.from({ length: count }, (_, i) => ({
    devEui: BigInt.asUintN(64, first + BigInt(i))
      .toString(16)
      .padStart(16, "0"),
    joinEui,
    appKey,
    recording: days[i % days.length]!,
  }));
}

/** Those of the node's folder, or of npm start, that no network was trained with; else new simulated ones. */
async function recordedDays(config: NodeConfig, count: number, folder: string): Promise<string[]> {
  for (const place of [ownRecordings(), simulatedRecordings]) {
    const days = place === undefined ? [] : await daysIn(path.join(place, "test"));
    if (days.length > 0) return days;
  }
  const place = path.join(folder, "recordings");
  await generateRecordings(place, config, { days: Math.max(3, Math.ceil(count / testShare)), seed: 1 });
  return await daysIn(path.join(place, "test"));
}

async function daysIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const names = await readUserFolder(folder, "the recordings");
  return names.filter((name) => name.endsWith(".csv")).map((name) => path.join(folder, name));
}

/** Runs until the recorded day has ended, which is about now on the nodes' clocks, or `signal` is aborted. @throws UserError when a node's program ends before */
export async function runDemo({ config, model, nodes, port, signal, onDecision }: DemoOptions): Promise<void> {
  const recordings = await Promise.all(
    nodes.map(async ({ recording: file }) =>
      readRecording(file, await readUserFile(file, "the recording"), config, false),
    ),
  );
  const program = await buildHost({ manifest: hostManifest() });
  const windows = Math.max(...recordings.map(({ times }) => times.length));
  const seconds = windows * config.window.everySeconds;
  const from = Math.floor(Date.now() / 1000) - seconds;
  const air = new Air({ seed: 1 });
  const finished = new AbortController();
  const finish = () => finished.abort();
  signal.addEventListener("abort", finish, { once: true });
  const forwarder = await attachForwarder(air, {
    server: `127.0.0.1:${port}`,
    eui: gatewayEui,
    epoch: from,
    range: regions[config.radio.region].range,
  });
  const lives = nodes.map(({ devEui, joinEui, appKey }, i) => {
    const radio = { ...config.radio };
    delete radio.abp;
    const own = { ...config, radio: { ...radio, devEui, joinEui, appKey } };
    // From now on the air waits for each of them.
    const port = air.nodePort(devEui, { position: { x: 400 + 300 * i, y: 0 }, ppm: 3 * i, holdWhenEnded: true });
    const recorded = recordings[i]!;
    return { config: own, port, recording: shifted(recorded, config, from - recorded.times[0]!), seed: i + 1 };
  });
  air.at((seconds - margin) * microseconds, () => {
    finish();
    return new Promise<void>(() => undefined);
  });
  try {
    const run = { program, model, startTime: from * 1000, finish: finished.signal, onDecision };
    await Promise.all(lives.map((life) => live(life, run)));
  } finally {
    signal.removeEventListener("abort", finish);
    forwarder.close();
  }
}

interface Life {
  config: NodeConfig;
  port: NodePort;
  recording: Recording;
  seed: number;
}

interface Run extends Pick<DemoOptions, "model" | "onDecision"> {
  program: HostProgram;
  startTime: number;
  finish: AbortSignal;
}

async function live({ config, port: air, recording, seed }: Life, run: Run): Promise<void> {
  const { program, model, startTime, finish, onDecision } = run;
  const { devEui } = config.radio;
  const onLine = (line: string): void => {
    if (!line.startsWith('{"event":"decision"')) return;
    const { sequence, outcome } = JSON.parse(line) as { sequence: number; outcome: string };
    onDecision(devEui, sequence, outcome);
  };
  const { files, remove } = await writeResources(config, recording, model);
  try {
    const { exitCode, stderr } = await runHost(program, { resources: files, air, startTime, seed, finish, onLine });
    if (!finish.aborted) throw new UserError(`node ${devEui} ended with exit code ${exitCode}:\n${stderr}`);
  } finally {
    await remove();
  }
}
