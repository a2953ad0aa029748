import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { faultKinds } from "../../device/codec/types.js";
import { alarmFigures } from "../store/alarms.js";
import {
  answersSince,
  countLabels,
  deferralFigures,
  fleetFigures,
  seenWithin,
  workerFigures,
} from "../store/figures.js";
import { countUnread } from "../store/networks.js";
import type { Store } from "../store/store.js";
import { inForm } from "./fields.js";
import { Tally } from "./tally.js";

const payloadKinds = ["report", "deferral", "fault", "health", "app", "update", "settings"] as const;
/** Deferrals that a look counts (s). */
const recent = 86400;
/** What is written by then is found, in whatever order transactions end (s). */
const overlap = 5;
const mostAnswers = 10_000;
const mostWorkers = 100;
/** Up to the second receive window of the slowest data rates, and of what waits for a node's next uplink. */
const buckets = [0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30, 60, 300, 1800];

/** What Prometheus asks for: of the database for all processes that share it, and of this process. As many series for a million nodes as for one. */
class Metrics {
  readonly #store: Store;
  readonly #registry = new Registry();
  readonly #payloads: Tally;
  readonly #faults: Tally;
  readonly #answered = new Map<string, number>();
  #answeredSince = Date.now() / 1000;
  #look: Promise<void> | undefined;

  constructor(store: Store) {
    this.#store = store;
    this.#payloads = new Tally(store, "uplinks");
    this.#faults = new Tally(store, "faults");
    collectDefaultMetrics({ register: this.#registry });
  }

  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  /** In Prometheus' text format. */
  async text(): Promise<string> {
    // Who asks while another waits gets the same answer.
    this.#look ??= this.#collect().finally(() => (this.#look = undefined));
    await this.#look;
    return await this.#registry.metrics();
  }

  async #collect(): Promise<void> {
    const now = Date.now() / 1000;
    const store = this.#store;
    const fleet = await fleetFigures(store, now);
    this.#nodes.set(fleet.nodes);
    this.#safeMode.set(fleet.safeMode);
    this.#lastPayload.set(fleet.lastSeen ?? 0);
    for (const within of Object.keys(seenWithin) as (keyof typeof seenWithin)[])
      this.#seen.set({ within }, fleet.seen[within]);
    const payloads = await this.#payloads.count(performance.now() / 1000);
    const faults = await this.#faults.count(performance.now() / 1000);
    setCounts(this.#payloadCount, payloadKinds, payloads);
    setCounts(this.#faultCount, faultKinds, faults);
    const { open, answered } = await deferralFigures(store, now - recent);
    this.#deferrals.set({ state: "open" }, open);
    this.#deferrals.set({ state: "answered" }, answered);
    this.#unlabelled.set(Math.max(0, (payloads.get("deferral") ?? 0) - (await countLabels(store))));
    this.#unread.reset();
    for (const [sequence, count] of await countUnread(store)) this.#unread.set({ sequence }, count);
    await this.#observeAnswers();
    const alarms = await alarmFigures(store);
    this.#alarms.reset();
    for (const [rule, count] of alarms.open) this.#alarms.set({ rule }, count);
    this.#alarmMessages.set({ state: "waiting" }, alarms.waiting);
    this.#alarmMessages.set({ state: "failed" }, alarms.failed);
    this.#workers.reset();
    for (const { clientId, seenAt, isTaken } of await workerFigures(store, mostWorkers))
      if (!isTaken) this.#workers.set({ worker: clientId }, seenAt);
  }

  async #observeAnswers(): Promise<void> {
    const from = this.#answeredSince - overlap;
    for (const { uplinkId, frame, sentAt, seconds } of await answersSince(this.#store, from, mostAnswers)) {
      const key = `${uplinkId} ${frame}`;
      if (!this.#answered.has(key)) this.#latency.observe(seconds);
      this.#answered.set(key, sentAt);
      this.#answeredSince = Math.max(this.#answeredSince, sentAt);
    }
    for (const [key, sentAt] of this.#answered) if (sentAt < this.#answeredSince - overlap) this.#answered.delete(key);
  }

  readonly #own = { registers: [this.#registry] };
  readonly #nodes = new Gauge({ ...this.#own, name: "loam_nodes", help: "Nodes that are known" });
  readonly #seen = new Gauge({
    ...this.#own,
    ...{ name: "loam_nodes_seen", help: "Nodes of which a payload came within a time", labelNames: ["within"] },
  });
  readonly #safeMode = new Gauge({
    ...this.#own,
    ...{ name: "loam_nodes_safe_mode", help: "Nodes whose last health report said that they are in safe mode" },
  });
  readonly #lastPayload = new Gauge({
    ...this.#own,
    ...{ name: "loam_last_payload_timestamp_seconds", help: "When the last payload of any node came; 0: never" },
  });
  readonly #payloadCount = new Counter({
    ...this.#own,
    ...{ name: "loam_payloads_total", help: "Payloads that are stored, each once", labelNames: ["kind"] },
  });
  readonly #faultCount = new Counter({
    ...this.#own,
    ...{ name: "loam_faults_total", help: "Faults that nodes reported", labelNames: ["kind"] },
  });
  readonly #deferrals = new Gauge({
    ...this.#own,
    ...{ name: "loam_deferrals", help: "Deferrals of the last 24 hours, by whether a decision was sent" },
    labelNames: ["state"],
  });
  readonly #unlabelled = new Gauge({
    ...this.#own,
    ...{ name: "loam_deferrals_unlabelled", help: "Deferrals of which no person has said anything" },
  });
  readonly #unread = new Gauge({
    ...this.#own,
    ...{ name: "loam_deferrals_without_network", help: "Deferrals of nodes whose network the cloud does not have" },
    labelNames: ["sequence"],
  });
  readonly #latency = new Histogram({
    ...this.#own,
    ...{
      name: "loam_answer_seconds",
      help: "From a deferral to the network server's receipt of the decision",
      buckets,
    },
  });
  readonly #alarms = new Gauge({
    ...this.#own,
    ...{ name: "loam_alarms_open", help: "Alarms that are open", labelNames: ["rule"] },
  });
  readonly #alarmMessages = new Gauge({
    ...this.#own,
    ...{ name: "loam_alarm_messages", help: "Messages about alarms that wait, or that nobody tries to send any more" },
    labelNames: ["state"],
  });
  readonly #workers = new Gauge({
    ...this.#own,
    ...{
      name: "loam_worker_seen_timestamp_seconds",
      help: "When a worker that shares uplinks said last that it lives",
    },
    labelNames: ["worker"],
  });
}

/** Those that have never come are 0, so that an increase of the first is one. */
function setCounts(counter: Counter<"kind">, kinds: readonly string[], counts: ReadonlyMap<string, number>): void {
  counter.reset();
  for (const kind of new Set([...kinds, ...counts.keys()])) counter.inc({ kind }, counts.get(kind) ?? 0);
}

export function addMetrics(server: FastifyInstance, store: Store): void {
  const metrics = new Metrics(store);
  const schema = {
    ...{ operationId: "getMetrics", summary: "Metrics for Prometheus" },
    response: { 200: inForm("text/plain", { type: "string" }, "Prometheus' text format") },
  };
  server.get("/metrics", { config: { role: "viewer" }, schema }, async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}
