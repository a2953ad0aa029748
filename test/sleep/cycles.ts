/** A node of one sensor through many sleep cycles, with resets and power cuts at every phase, and what came of them. */
import { registrationOf } from "../../host-tools/node/registration.js";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { encodeDecision, decodeUplink, ports, type UplinkPayload } from "../../device/codec/codec.js";
import { Air } from "../../host-tools/air/index.js";
import { attachGateway, collectInAir } from "../../host-tools/gateway/airgateway.js";
import type { ClockServer } from "../../host-tools/gateway/clockserver.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { tapped } from "../../host-tools/soak/tap.js";
import { buildHost, exitCodes, runHost, type PowerTimes, type RunOptions } from "../../host-tools/xs/index.js";
import { exampleNode } from "../device/helpers/day.js";
import { soilModel } from "../device/helpers/model.js";

export interface CycleOptions {
  folder: string;
  windows: number;
  /** Of each program: that it ends early. */
  probability: number;
  rtcPpm: number;
  seed: number;
  /** Besides the drawn ones. */
  resetsAt?: NonNullable<RunOptions["resetsAt"]>;
  /** A server for the time on port 202, before a network that does not answer DeviceTimeReq. Default: it does. */
  clocks?: (server: NetworkServer) => Pick<ClockServer, "receive" | "fill">;
}

export interface CycleFigures {
  windows: number;
  /** Payloads that the node has said are in flash: reports and deferrals. */
  stored: number;
  /** Verdicts that came to the application, those merged into one report counted each. */
  received: number;
  /** Deferrals and reports that were stored, and neither came nor were merged into one that did. */
  lost: number;
  /** Sequence numbers that came with two payloads. */
  doubled: number;
  repeats: number;
  /** Frame counters and DevNonces that were sent twice in a session. */
  countersReused: number;
  devNoncesReused: number;
  joins: number;
  frames: number;
  /** Data frames: when each was sent, seconds, and its bytes. */
  uplinks: { at: number; bytes: number }[];
  /** When a payload came on port 202, seconds. */
  clockUplinks: number[];
  /** Payloads with a time after their arrival or before the node can have made them; without a time. */
  untimely: number;
  untimed: number;
  /** Seconds from the end of a payload's window to its arrival: least, and median. */
  leastLag: number;
  medianLag: number;
  /** The same for each payload, in order of arrival. */
  lags: number[];
  power: PowerTimes;
  injected: Record<string, number>;
  /** Events that should not be. */
  trouble: string[];
}

const epoch = Date.UTC(2026, 0, 1) / 1000;
/** Windows after the last that counts, for what waits. */
const drain = 12;

/** The example with its slowest sensor only, at a fixed data rate: a repeated frame counter is an error then, not a retransmission. */
function cheapNode() {
  const example = exampleNode();
  return checkConfig({
    ...example,
    sensors: example.sensors.slice(0, 1),
    features: { ...example.features, spectra: [], correlations: [] },
    radio: { ...example.radio, adr: false, dataRate: 5 },
  }).config;
}

export async function runCycles(options: CycleOptions): Promise<CycleFigures> {
  const program = await buildHost({ manifest: path.join(loamRoot, "test/sleep/year.manifest.json") });
  const config = cheapNode();
  const { seconds, everySeconds } = config.window;
  const made = soilModel(config);
  mkdirSync(options.folder, { recursive: true });
  const file = (name: string, content: Uint8Array | string): string => {
    const target = path.join(options.folder, name);
    writeFileSync(target, content);
    return target;
  };
  const resources = {
    "node.config.json": file("node.config.json", JSON.stringify(config)),
    "model.tflite": file("model.tflite", made.model),
    "normalizer.bin": file("normalizer.bin", made.normalizer),
  };
  const air = new Air({ pathLoss: () => 90 });
  const heard = new Map<number, { bytes: string; payload: UplinkPayload }>();
  const stored = new Map<number, string>();
  /** Of each session the last counter that was sent: its lower 16 bits, as they are in a frame. */
  const counters = new Map<string, number>();
  const nonces = new Set<number>();
  const lags: number[] = [];
  const uplinks: CycleFigures["uplinks"] = [];
  const clockUplinks: number[] = [];
  const trouble: string[] = [];
  /** The last lines of the journal, for what is in trouble. */
  const recent: string[] = [];
  const figures = {
    windows: 0,
    doubled: 0,
    repeats: 0,
    countersReused: 0,
    devNoncesReused: 0,
    joins: 0,
    frames: 0,
    untimely: 0,
    untimed: 0,
    received: 0,
    stored: 0,
  };
  const server: NetworkServer = new NetworkServer({
    region: config.radio.region,
    epoch,
    adr: false,
    deviceTime: options.clocks === undefined,
    collect: collectInAir(air),
    beforeAnswer: (uplink) => clocks?.fill(uplink),
    onUplink: (uplink) => {
      const { devEui, port, payload } = uplink;
      if (port === ports.clock) {
        clockUplinks.push(air.now / 1e6);
        return clocks?.receive(uplink);
      }
      const decoded = decodeUplink(port, payload);
      const sequence = decoded.sequence;
      const bytes = `${port} ${Buffer.from(payload).toString("hex")}`;
      const before = heard.get(sequence);
      const age = air.now / 1e6 + epoch - decoded.time;
      // An old number that has come round again.
      const isRepeat = before !== undefined && Math.abs(before.payload.time - decoded.time) < 86400 * 30;
      if (isRepeat && before.bytes === bytes) return void figures.repeats++;
      if (isRepeat) return void figures.doubled++;
      heard.set(sequence, { bytes, payload: decoded });
      stored.delete(sequence);
      // The others are not about a window.
      const isVerdict = decoded.kind === "report" || decoded.kind === "deferral";
      if (isVerdict) figures.received += decoded.kind === "report" ? decoded.count : 1;
      if (decoded.kind === "report" && decoded.count > 1)
        for (const number of stored.keys())
          if (number < sequence && sequence - number < 200 && stored.get(number) === "report") stored.delete(number);
      if (decoded.time === 0) figures.untimed++;
      else if (isVerdict) {
        lags.push(age - seconds);
        if (age < seconds - 3) {
          figures.untimely++;
          trouble.push(
            `${Math.round(air.now / 1e6)} s: ${decoded.kind} ${sequence} has a time ${seconds - age} s too late`,
            ...recent,
          );
        }
      }
      if (decoded.kind === "deferral")
        void server.sendDownlink(devEui, ports.decision, encodeDecision({ sequence, label: 1, confidence: 0.9 }));
    },
  });
  const clocks = options.clocks?.(server);
  server.addDevice(registrationOf(config.radio));
  attachGateway(air, server, "gateway", { x: 100, y: 0 });
  const finished = new AbortController();
  air.at((options.windows + drain) * everySeconds * 1e6, () => {
    finished.abort();
    return new Promise<void>(() => {});
  });
  const run = await runHost(program, {
    resources,
    air: tapped(air.nodePort("node"), ({ payload }) => {
      const frame = Buffer.from(payload);
      figures.frames++;
      if (frame[0]! >> 5 === 0) {
        figures.joins++;
        const nonce = frame.readUInt16LE(17);
        if (nonces.has(nonce)) figures.devNoncesReused++;
        nonces.add(nonce);
        return;
      }
      uplinks.push({ at: air.now / 1e6, bytes: frame.length });
      const address = frame.toString("hex", 1, 5);
      const counter = frame.readUInt16LE(6);
      // Counters go up, by as many as a power cut skips, and past 65,535 their lower half begins again.
      const step = (counter - (counters.get(address) ?? -1)) & 0xffff;
      if (step === 0 || step >= 0x8000) figures.countersReused++;
      counters.set(address, counter);
    }),
    flash: file("flash.bin", ""),
    startTime: 5000,
    rtcPpm: options.rtcPpm,
    seed: options.seed,
    finish: finished.signal,
    resets: { seed: options.seed, probability: options.probability, windowSeconds: seconds },
    ...(options.resetsAt && { resetsAt: options.resetsAt }),
    onLine: (line) => {
      if (!line.startsWith('{"event":')) return;
      recent.push(line);
      if (recent.length > 12) recent.shift();
      const event = JSON.parse(line) as { event: string; what?: string; sequence?: number; error?: string };
      if (event.event === "window") figures.windows++;
      else if (event.event === "stored") {
        // The last ones have no time to arrive.
        if (air.now > options.windows * everySeconds * 1e6) return;
        figures.stored++;
        if (!heard.has(event.sequence!) || figures.stored > 60000) stored.set(event.sequence!, event.what!);
      } else if (/failed|full|bad/.test(event.event)) trouble.push(line);
    },
  });
  if (run.exitCode !== exitCodes.requested) throw new Error(`exit ${run.exitCode}: ${run.stderr}`);
  const sorted = lags.toSorted((a, b) => a - b);
  return {
    ...figures,
    lags,
    uplinks,
    clockUplinks,
    lost: stored.size,
    leastLag: sorted[0] ?? NaN,
    medianLag: sorted[sorted.length >> 1] ?? NaN,
    power: run.power!,
    injected: run.injected!,
    trouble: trouble.slice(0, 40),
  };
}
