import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { decodeDeferral, encodeDecision, ports } from "../../device/codec/codec.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { Random } from "../lib/random.js";
import { Air } from "../air/index.js";
import { attachGateway, collectInAir } from "../gateway/airgateway.js";
import { Memory } from "../cloud/memory.js";
import { Acknowledger } from "../gateway/acknowledger.js";
import { NetworkServer } from "../gateway/networkserver.js";
import type { ServerStatistics } from "../gateway/types.js";
import { UserError } from "../lib/errors.js";
import type { Progress } from "../lib/progress.js";
import { exitCodes, runHost, type HostProgram } from "../xs/index.js";
import { Audit, type AuditFigures } from "./audit.js";
import { resetExit, type NodeEvent, type NodeLife } from "../radionode/life.js";
import { buildRadioNode } from "../radionode/program.js";
import { tapped } from "./tap.js";
import { Receiver, type DeliveryFigures } from "./receiver.js";

/** An interval in days from the start. */
export interface Days {
  from: number;
  to: number;
}

export interface SoakOptions {
  region: RegionName;
  nodes: number;
  gateways: number;
  days: number;
  /** Share of receptions lost, 0..1. */
  loss: number;
  everySeconds: number;
  /** All gateways are off. */
  outage: Days | undefined;
  /** All downlinks are lost. */
  deadDownlinks: Days | undefined;
  /** Whether a cloud decides deferrals and names the payloads that it has received, as loam's does; otherwise frames alone are acknowledged. */
  namesPayloads: boolean;
  /** Of all nodes, without ADR; undefined: the network controls them. */
  dataRate: number | undefined;
  /** Mean days between two resets or power cuts of a node; 0: none. */
  restartDays: number;
  seed: number;
  chip: NodeLife["chip"];
  progress: Progress;
}

export interface SoakFigures extends AuditFigures, DeliveryFigures, ServerStatistics {
  nodes: number;
  days: number;
  restarts: number;
  powerCuts: number;
  /** Receptions lost because all demodulators of a gateway were in use. */
  noDemodulator: number;
  /** Real seconds. */
  seconds: number;
}

const dayMs = 86400000;
const outboxBytes = 65536;
/** Time after the last report for the nodes to empty their outboxes. */
const drainDays = 0.5;
const start = Date.UTC(2026, 0, 1);

interface Run {
  options: SoakOptions;
  air: Air;
  program: HostProgram;
  receiver: Receiver;
  folder: string;
  counts: { restarts: number; powerCuts: number };
  audit: Audit;
}

/** The soak test: real device code under XS on simulated chips, with losses, resets, power cuts and an outage. */
export async function soak(options: SoakOptions): Promise<SoakFigures> {
  const began = Date.now();
  const program = await buildRadioNode();
  const audit = new Audit(options.region);
  const receiver = new Receiver();
  const air = new Air({ seed: options.seed, lossProbability: options.loss });
  const server = new NetworkServer({
    region: options.region,
    epoch: start / 1000,
    collect: collectInAir(air),
    adr: options.dataRate === undefined,
    onUplink(uplink) {
      receiver.receive(uplink.devEui, uplink.port, uplink.payload);
      if (!acknowledger) return;
      acknowledger.receive(uplink);
      if (uplink.port !== ports.deferral) return;
      const { sequence, label, confidence } = decodeDeferral(uplink.payload);
      void server.sendDownlink(uplink.devEui, ports.decision, encodeDecision({ sequence, label, confidence }));
    },
    beforeAnswer: (uplink) => acknowledger?.fill(uplink),
  });
  const acknowledger = options.namesPayloads ? new Acknowledger(server, new Memory()) : undefined;
  const { deadDownlinks: dead } = options;
  const isDead = () => dead !== undefined && air.now >= dead.from * dayMs * 1000 && air.now < dead.to * dayMs * 1000;
  const gateways = Array.from({ length: options.gateways }, (_, i) =>
    attachGateway(air, server, `gateway${i}`, around(i, options.gateways, 800), 2 * ((i % 3) - 1), isDead),
  );
  const folder = await mkdtemp(path.join(os.tmpdir(), "loam-soak-"));
  const run: Run = { options, air, program, receiver, folder, counts: { restarts: 0, powerCuts: 0 }, audit };
  const { outage } = options;
  if (outage) {
    air.at(outage.from * dayMs * 1000, () => gateways.forEach((gateway) => gateway.setOnline(false)));
    air.at(outage.to * dayMs * 1000, () => gateways.forEach((gateway) => gateway.setOnline(true)));
  }
  try {
    const nodes = Array.from({ length: options.nodes }, (_, i) => i);
    for (const i of nodes) server.addDevice(credentials(i));
    const shown = setInterval(() => options.progress.update(Math.min(options.days, air.now / dayMs / 1000)), 200);
    await Promise.all(nodes.map((i) => live(run, i))).finally(() => clearInterval(shown));
    options.progress.finish();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const seconds = (Date.now() - began) / 1000;
  return {
    nodes: options.nodes,
    days: options.days,
    ...run.counts,
    ...audit.figures(),
    ...receiver.figures(),
    ...server.statistics,
    noDemodulator: air.statistics.noDemodulator,
    seconds,
  };
}

/** One node, from boot to boot. */
async function live(run: Run, index: number): Promise<void> {
  const { options, air, program, receiver, folder, counts } = run;
  const id = `node${index}`;
  const random = new Random(`${options.seed} ${id}`);
  const ppm = (random.uniform() - 0.5) * 40;
  const position = around(index, options.nodes, 1500 * Math.sqrt(random.uniform()));
  const device = credentials(index);
  /** The node's current time, milliseconds since 1970. */
  const now = () => start + air.timeOf(id) / 1000;
  const makeUntil = start + options.days * dayMs;
  for (let boot = 0; ; boot++) {
    const restart = options.restartDays > 0 && now() < makeUntil;
    const isCut = restart && random.uniform() < 0.5;
    const life: NodeLife = {
      chip: options.chip,
      region: options.region,
      credentials: device,
      silenceLimit: 150,
      ...(options.dataRate !== undefined && { dataRate: options.dataRate }),
      clockErrorPpm: 40,
      everySeconds: options.everySeconds,
      outboxBytes,
      makeUntil,
      endAt: makeUntil + drainDays * dayMs,
      resetAfter: restart && !isCut ? -Math.log(1 - random.uniform()) * options.restartDays * dayMs : 0,
    };
    const bootedAt = air.timeOf(id);
    const result = await runHost(program, {
      args: [JSON.stringify(life)],
      flash: path.join(folder, id),
      // A node writes flash a few times an hour.
      powerCut: isCut ? 1 + Math.floor(-Math.log(1 - random.uniform()) * options.restartDays * 150) : undefined,
      air: tapped(air.nodePort(id, { position, ppm, holdWhenEnded: true }), (packet) =>
        run.audit.see({
          node: id,
          boot: bootedAt,
          ...packet,
          start: bootedAt + packet.start,
          end: bootedAt + packet.end,
        }),
      ),
      seed: Math.floor(random.uniform() * 2 ** 31),
      startTime: Math.round(now()),
      onLine: (line) => {
        const event = JSON.parse(line) as NodeEvent;
        if ("made" in event) receiver.made(device.devEui, event);
      },
    });
    if (result.exitCode === 0) break;
    if (result.exitCode === exitCodes.powerCut) counts.powerCuts++;
    else if (result.exitCode === resetExit) counts.restarts++;
    else throw new UserError(`${id} ended with exit code ${result.exitCode}:\n${result.stderr}`);
  }
  air.remove(id);
}

function credentials(index: number): { devEui: string; joinEui: string; appKey: string } {
  const number = index.toString(16).padStart(4, "0");
  return {
    devEui: `70b3d57ed000${number}`,
    joinEui: "70b3d57ed0000000",
    appKey: `000102030405060708090a0b0c0d${number}`,
  };
}

/** Metres: the i-th of n on a circle. */
function around(i: number, n: number, radius: number): { x: number; y: number } {
  const angle = (2 * Math.PI * i) / n;
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}
