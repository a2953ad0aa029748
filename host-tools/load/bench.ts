import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { NodeConfig } from "../../device/config.js";
import { UserError } from "../lib/errors.js";
import { withDatabase } from "./database.js";
import { processorTime } from "./processorTime.js";
import { measureSizes, type Sizes } from "./sizes.js";
import { Traffic } from "./traffic.js";
import { Uplinks } from "./uplinks.js";
import { Worker } from "./worker.js";

/** s: longer than a worker takes to see that another one is dead, and what that one kept to be taken. */
const patience = 180;

export interface BenchOptions {
  /** The command line's program, for the workers. */
  loam: string;
  broker: string;
  /** URL of a PostgreSQL server. */
  database: string;
  /** Processes of a broker and a database that are the bench's own, to tell how much of the processor they take. */
  brokerPid?: number | undefined;
  databasePid?: number | undefined;
  node: NodeConfig;
  nodes: number;
  /** Payloads per second, where the latency is measured. */
  rate: number;
  /** s with that rate. */
  seconds: number;
  /** Payloads of the run that goes as fast as it can. */
  burst: number;
  /** Most workers. */
  workers: number;
  onRun(what: string): void;
  /** Ends it early, with its reason as the error, when all that it has started is removed. */
  signal?: AbortSignal;
}

/** Times in ms. */
export interface Latencies {
  median: number;
  p99: number;
}

export interface WorkersRun extends Latencies {
  workers: number;
  /** Payloads stored in a second, as fast as it goes. */
  perSecond: number;
  processor: ProcessorTimes;
}

/** ms of processor time for a payload, as fast as it goes; undefined of a server that is not the bench's own, and where it cannot be told. */
export interface ProcessorTimes {
  /** All of them together. */
  workers: number | undefined;
  broker: number | undefined;
  database: number | undefined;
}

export interface KilledRun {
  payloads: number;
  lost: number;
  deferrals: number;
  unanswered: number;
  /** Decisions heard twice. */
  twice: number;
  /** Messages that the other worker took from what the broker kept for the dead one. */
  takenOver: number;
  /** s from the kill until all was stored and answered. */
  seconds: number;
}

export interface LoadBench {
  options: Pick<BenchOptions, "nodes" | "rate" | "seconds" | "burst">;
  cores: number;
  processor: string;
  /** Processes that wanted a core while it ran, beside those of the bench: the mean of a minute before it began. */
  loadBefore: number;
  runs: WorkersRun[];
  killed: KilledRun;
  sizes: Sizes;
}

interface Run {
  traffic: Traffic;
  uplinks: Uplinks;
  workers: Worker[];
  client: pg.Client;
}

/** 1, 2, ... workers as fast as they can, then at a rate; then two of which one is killed. @throws UserError when something does not come in time */
export async function benchCloud(options: BenchOptions): Promise<LoadBench> {
  const { workers: most, nodes, rate, seconds, burst, onRun } = options;
  const loadBefore = os.loadavg()[0]!;
  const runs: WorkersRun[] = [];
  let sizes: Sizes | undefined;
  for (let count = 1; count <= most; count++) {
    onRun(`${count} of ${most} workers`);
    runs.push(
      await run(options, count, async (parts) => {
        const { perSecond, processor } = await fastest(parts, options);
        const latencies = await atRate(parts, rate, seconds);
        // Decisions are heard before the last payloads that want none are stored.
        await until(async () => (await stored(parts.client)) >= burst + rate * seconds, "the last payloads stored");
        if (count === most) sizes = await measureSizes(parts.client);
        return { workers: count, perSecond, processor, ...latencies };
      }),
    );
  }
  onRun("a worker is killed");
  const killed = await run(options, 2, (parts) => kill(parts, rate, seconds));
  const [{ model }] = os.cpus() as [os.CpuInfo];
  return {
    options: { nodes, rate, seconds, burst },
    ...{ cores: os.cpus().length, processor: model, loadBefore, runs, killed, sizes: sizes! },
  };
}

async function run<T>(
  { loam, broker, database, node, nodes, signal }: BenchOptions,
  count: number,
  use: (parts: Run) => Promise<T>,
): Promise<T> {
  const application = randomUUID();
  const folder = await mkdtemp(path.join(os.tmpdir(), "loam-bench-"));
  const config = path.join(folder, "cloud.config.json");
  const network = { kind: "chirpstack", server: broker, application, share: "bench" };
  await writeFile(config, JSON.stringify({ network }));
  const workers: Worker[] = [];
  let traffic: Traffic | undefined;
  try {
    const heard = (traffic = await Traffic.connect(broker, application));
    return await withDatabase(database, async (url, client) => {
      try {
        const started = await Promise.allSettled(Array.from({ length: count }, () => Worker.start(loam, config, url)));
        for (const one of started) if (one.status === "fulfilled") workers.push(one.value);
        for (const one of started) if (one.status === "rejected") throw one.reason;
        const parts = { traffic: heard, uplinks: new Uplinks(application, nodes, node), workers, client };
        return await unlessAborted(use(parts), signal);
      } finally {
        await Promise.all(workers.map((worker) => worker.end("SIGINT")));
      }
    });
  } finally {
    await traffic?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await work;
  let stop: () => void;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
  return await Promise.race([work, aborted]).finally(() => signal.removeEventListener("abort", stop));
}

async function stored(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>("select count(*)::int as n from uplinks");
  return rows[0]!.n;
}

async function until(isTrue: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const end = performance.now() + 1000 * patience;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new UserError(`${what}: not within ${patience} s`);
    await sleep(50);
  }
}

async function fastest(
  { traffic, uplinks, workers, client }: Run,
  { burst, brokerPid, databasePid }: BenchOptions,
): Promise<Pick<WorkersRun, "perSecond" | "processor">> {
  const taken = [workers.map(({ pid }) => pid), ofOwn(brokerPid), ofOwn(databasePid)].map(takenFromNow);
  const from = performance.now();
  await traffic.say(() => uplinks.next(), burst);
  await until(async () => (await stored(client)) >= burst, `${burst} payloads stored`);
  const seconds = (performance.now() - from) / 1000;
  await until(() => traffic.open === 0, "the decisions");
  const [ofWorkers, broker, database] = taken.map((time) => time(burst));
  return { perSecond: burst / seconds, processor: { workers: ofWorkers, broker, database } };
}

const ofOwn = (pid: number | undefined): number[] => (pid === undefined ? [] : [pid]);

/** @returns tells the ms of processor time that processes took since, for each of so many payloads */
function takenFromNow(pids: readonly number[]): (payloads: number) => number | undefined {
  const before = pids.length > 0 ? processorTime(pids) : undefined;
  return (payloads) => (before === undefined ? undefined : (1000 * (processorTime(pids)! - before)) / payloads);
}

async function atRate({ traffic, uplinks }: Run, rate: number, seconds: number): Promise<Latencies> {
  traffic.forget();
  await traffic.say(() => uplinks.next(), rate * seconds, rate);
  await until(() => traffic.open === 0, "the decisions");
  const sorted = [...traffic.latencies.values()].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { median: at(0.5), p99: at(0.99) };
}

async function kill({ traffic, uplinks, workers, client }: Run, rate: number, seconds: number): Promise<KilledRun> {
  const payloads = rate * seconds;
  let killedAt = 0;
  const killed = sleep((1000 * seconds) / 2).then(() => {
    killedAt = performance.now();
    return workers.shift()!.end("SIGKILL");
  });
  await traffic.say(() => uplinks.next(), payloads, rate);
  await killed;
  let reason: unknown;
  await until(
    async () => traffic.open === 0 && (await stored(client)) >= payloads && workers[0]!.takenOver > 0,
    "what the dead worker left",
  ).catch((error: unknown) => (reason = error));
  const lasted = (performance.now() - killedAt) / 1000;
  // What would be sent again by mistake has time to be.
  if (reason === undefined) await sleep(6000);
  return {
    ...{ payloads, lost: payloads - (await stored(client)), deferrals: traffic.latencies.size + traffic.open },
    ...{ unanswered: traffic.open, twice: traffic.twice.length, takenOver: workers[0]!.takenOver, seconds: lasted },
  };
}
