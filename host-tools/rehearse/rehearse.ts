/** Packages to many simulated nodes, one after the other: whole nodes under XS, with simulated radio chips, air, gateways and cloud. */
import { registrationOf } from "../node/registration.js";
import { setMaxListeners } from "node:events";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { Air } from "../air/index.js";
import { Cloud, type Predictor } from "../cloud/cloud.js";
import { Memory } from "../cloud/memory.js";
import { readRecording, type Recording } from "../features/csv.js";
import { shifted } from "../features/shift.js";
import { attachGateway, collectInAir } from "../gateway/airgateway.js";
import { Deliveries } from "../gateway/deliveries.js";
import { NetworkServer } from "../gateway/networkserver.js";
import type { Uplink } from "../gateway/types.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { hostManifest } from "../node/nodeFolder.js";
import { inspectPackage } from "../script/inspect.js";
import { defaultPredictor, inputQuantization, networksWith } from "../simulate/predictor.js";
import { writeResources } from "../simulate/resources.js";
import { Audit } from "../soak/audit.js";
import { tapped } from "../soak/tap.js";
import { buildHost, exitCodes, runHost, type AirPeer, type HostProgram } from "../xs/index.js";
import { FleetNode, type Outcome } from "./fleetNode.js";

/** Windows after its confirmation in which a package may fail: an app script has three strikes. */
const watchedWindows = 3;
const microseconds = 1e6;

export interface RehearseOptions {
  config: NodeConfig;
  packages: readonly Uint8Array[];
  /** A recorded day, CSV: of all nodes. */
  recording: string;
  /** int8 .tflite with normalizer.bin beside it. */
  model: string;
  /** The cloud's network; default: float.tflite beside the model, else the model. */
  predict?: Predictor;
  nodes: number;
  gateways: number;
  /** Share of packets that are lost, each way. */
  loss: number;
  /** The nodes have these in turn. */
  dataRates: readonly number[];
  seed: number;
  /** So many packages have come to an end, of all nodes together. */
  onStep?(ended: number): void;
}

export interface Rehearsal {
  /** Of each package at each node that it was sent to. */
  outcomes: Outcome[];
  /** Simulated. */
  hours: number;
  /** Largest share of its duty cycle that any node used of any band in any 60 minutes. */
  busiestHour: number;
  /** What no gateway could send, for its duty cycle or because it was sending. */
  downlinksDropped: number;
}

class Run {
  readonly air: Air;
  readonly nodes: readonly FleetNode[];
  readonly ports: readonly AirPeer[];
  readonly finished = new AbortController();
  readonly audit: Audit;
  readonly #options: RehearseOptions;
  readonly #recording: Recording;
  readonly #server: NetworkServer;
  readonly #deliveries: Deliveries;
  readonly #cloud: Cloud;
  readonly #byDevEui: ReadonlyMap<string, FleetNode>;
  /** Nodes whose package is confirmed and watched: when it was. */
  readonly #confirmed = new Map<FleetNode, number>();
  #ended = 0;
  /** Without nodes the air goes on to the recording's end. */
  #endedAt: number | undefined;

  constructor(options: RehearseOptions, recording: Recording, cloud: Cloud) {
    const { config, nodes, gateways, loss, dataRates, seed } = options;
    const { region } = config.radio;
    this.#options = options;
    this.#recording = recording;
    this.#cloud = cloud;
    this.air = new Air({ seed, lossProbability: loss });
    this.audit = new Audit(region);
    this.nodes = Array.from({ length: nodes }, (_, i) => new FleetNode(config, i, dataRates[i % dataRates.length]!));
    this.#byDevEui = new Map(this.nodes.map((node) => [node.devEui, node]));
    setMaxListeners(nodes, this.finished.signal);
    this.#server = new NetworkServer({
      region,
      subBand: config.radio.subBand,
      epoch: this.start,
      adr: false,
      collect: collectInAir(this.air),
      onUplink: (uplink) => this.#receive(uplink),
      beforeAnswer: (uplink) => this.#deliveries.fill(uplink),
    });
    for (const { config: own } of this.nodes) this.#server.addDevice(registrationOf(own.radio));
    const registrations = this.nodes.map(({ config: own }) => registrationOf(own.radio));
    this.#deliveries = new Deliveries({ server: this.#server, region, registrations, now: () => this.now });
    for (let i = 0; i < gateways; i++)
      attachGateway(this.air, this.#server, `gateway${i}`, onCircle(i, gateways, gateways > 1 ? 200 : 0));
    // Before the air has events: it waits for the nodes from then on.
    this.ports = this.nodes.map(({ id }, i) =>
      this.air.nodePort(id, { position: onCircle(i, nodes, 300), startAt: this.offsetOf(i) * microseconds }),
    );
    const { times } = recording;
    const end = times[times.length - 1]! + config.window.everySeconds - 1;
    this.air.at((end - this.start) * microseconds, () => this.#finish());
  }

  /**
   * Seconds from the rehearsal's start to a node's: they begin one after the other, as in the field; in step with each other they would also take much longer to
   * simulate.
   */
  offsetOf(index: number): number {
    const { config, nodes } = this.#options;
    return (config.window.everySeconds * index) / nodes;
  }

  /** Seconds since 1970. */
  get start(): number {
    return this.#recording.times[0]!;
  }

  get now(): number {
    return this.start + this.air.now / microseconds;
  }

  async #receive(uplink: Uplink): Promise<void> {
    const { devEui } = uplink;
    const node = this.#byDevEui.get(devEui)!;
    this.#deliveries.receive(uplink);
    if (node.current < 0) this.#begin(node);
    else this.#look(node);
    const answer = await this.#cloud.receive(uplink);
    if (answer) void this.#server.sendDownlink(devEui, answer.port, answer.payload);
  }

  #begin(node: FleetNode): void {
    node.begin(this.now);
    this.#deliveries.send(node.devEui, this.#options.packages[node.current]!);
  }

  /** The node has perhaps said something of its package. */
  #look(node: FleetNode): void {
    const { delivery, status } = this.#deliveries.record(node.devEui);
    if (node.outcomes.length > node.current) return;
    if (status?.event === "taken back" && status.subject === delivery!.sequence)
      return this.#end(node, this.now, `${status.event}: ${status.reason}`);
    if (delivery!.phase === "failed") return this.#end(node, this.now);
    if (delivery!.phase !== "confirmed" || this.#confirmed.has(node)) return;
    const at = this.now;
    const { current } = node;
    this.#confirmed.set(node, at);
    const watched = watchedWindows * this.#options.config.window.everySeconds;
    this.air.at(this.air.now + watched * microseconds, () => {
      if (node.current === current && node.outcomes.length === current) this.#end(node, at);
    });
  }

  #end(node: FleetNode, at: number, failure?: string): void {
    this.#confirmed.delete(node);
    node.end(this.#deliveries.record(node.devEui), at, failure);
    this.#ended++;
    this.#options.onStep?.(this.#ended);
    if (node.outcomes.length < this.#options.packages.length) this.#begin(node);
    else if (this.#ended === this.nodes.length * this.#options.packages.length) this.#finish();
  }

  #finish(): void {
    this.#endedAt ??= this.now;
    this.finished.abort();
  }

  result(): Rehearsal {
    const now = this.#endedAt ?? this.now;
    for (const node of this.nodes) {
      if (node.current < 0 || node.outcomes.length > node.current) continue;
      const at = this.#confirmed.get(node);
      node.end(this.#deliveries.record(node.devEui), at ?? now);
    }
    return {
      outcomes: this.nodes.flatMap(({ outcomes }) => outcomes),
      hours: (now - this.start) / 3600,
      busiestHour: this.audit.figures().busiestHour,
      downlinksDropped: this.#server.statistics.downlinksDropped,
    };
  }
}

/** Metres. */
function onCircle(index: number, count: number, radius: number): { x: number; y: number } {
  const angle = (2 * Math.PI * index) / count;
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}

/** @throws UserError for a bad recording, model or package, or when a node's program fails */
export async function rehearse(options: RehearseOptions): Promise<Rehearsal> {
  const { config, recording: file, model } = options;
  options.packages.forEach((bytes, i) => inspectPackage(`package ${i + 1}`, bytes));
  const recording = readRecording(file, await readUserFile(file, "the recording"), config, false);
  const predict = options.predict ?? (await defaultPredictor(model));
  const input = inputQuantization(await readUserFile(model, "the model"));
  const networks = networksWith({ predict, input }, options.packages);
  const run = new Run(options, recording, new Cloud({ networks, memory: new Memory() }));
  const program = await buildHost({ manifest: hostManifest() });
  await Promise.all(run.nodes.map((_, i) => live(run, program, i, recording, options)));
  return run.result();
}

/** One node, from its start to the rehearsal's end. */
async function live(
  run: Run,
  program: HostProgram,
  index: number,
  recording: Recording,
  { seed, model }: RehearseOptions,
): Promise<void> {
  const node = run.nodes[index]!;
  const { id, config } = node;
  const offset = run.offsetOf(index);
  const own = shifted(recording, config, offset);
  const resources = await writeResources(config, own, path.resolve(model));
  try {
    const startAt = offset * microseconds;
    const { exitCode, stderr } = await runHost(program, {
      resources: resources.files,
      flash: path.join(resources.folder, "flash.bin"),
      air: tapped(run.ports[index]!, (packet) => {
        node.sent(packet.end - packet.start);
        run.audit.see({ node: id, boot: 0, ...packet, start: startAt + packet.start, end: startAt + packet.end });
      }),
      startTime: own.times[0]! * 1000,
      seed: seed + index,
      finish: run.finished.signal,
    });
    if (exitCode !== exitCodes.requested) throw new UserError(`${id} ended with exit code ${exitCode}:\n${stderr}`);
  } catch (error) {
    run.finished.abort();
    throw error;
  } finally {
    await resources.remove();
  }
}
