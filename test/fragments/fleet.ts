import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import type { Air } from "../../host-tools/air/index.js";
import { askGatewayOnce } from "../../host-tools/gateway/control.js";
import { readRecording } from "../../host-tools/features/csv.js";
import { buildHost, runHost, type AirPeer, type RunResult } from "../../host-tools/xs/index.js";
import { dayStart, quietDay } from "../device/helpers/day.js";

export interface FleetNode {
  id: string;
  config: NodeConfig;
  /** Lines of its journal. */
  journal: Record<string, unknown>[];
}

/** A node of the example's description with a DevEUI of its own. */
export function nodeOf(config: NodeConfig, index: number, radio: Partial<NodeConfig["radio"]> = {}): FleetNode {
  const number = index.toString(16).padStart(4, "0");
  const own = { devEui: `70b3d57ed001${number}`, appKey: `000102030405060708090a0b0c0e${number}` };
  return { id: `node${index}`, config: { ...config, radio: { ...config.radio, ...own, ...radio } }, journal: [] };
}

/** Resolves when a running `loam gateway` has answered twice, and so has had its turn: its timers, and what followed them. */
export async function gatewayDone(port: number, devEui: string): Promise<void> {
  for (let i = 0; i < 2; i++) await askGatewayOnce(String(port), { command: "status", devEui });
}

/** Runs whole nodes under XS on a quiet day, each with its radio in the air, until `finish`. @param model int8 .tflite with normalizer.bin beside it */
export async function runFleet(
  nodes: readonly FleetNode[],
  options: {
    air: Air;
    folder: string;
    model: string;
    windows: number;
    /** Soil moisture in a window, %; a quiet day otherwise. */
    soil?: (window: number) => number;
    finish: AbortSignal;
    tap?: (id: string, port: AirPeer) => AirPeer;
  },
): Promise<RunResult[]> {
  const { air, folder, model, windows, finish, soil = () => 35, tap = (_: string, port: AirPeer) => port } = options;
  const program = await buildHost();
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "day.csv");
  const content = Buffer.from(quietDay(nodes[0]!.config, windows, soil));
  const { replay } = readRecording(file, content, nodes[0]!.config, false);
  writeFileSync(path.join(folder, "replay.bin"), replay);
  return Promise.all(
    nodes.map(({ id, config, journal }, i) => {
      const description = path.join(folder, `${id}.json`);
      writeFileSync(description, JSON.stringify(config));
      const angle = (2 * Math.PI * i) / nodes.length;
      return runHost(program, {
        resources: {
          "replay.bin": path.join(folder, "replay.bin"),
          "node.config.json": description,
          "model.tflite": model,
          "normalizer.bin": path.join(path.dirname(model), "normalizer.bin"),
        },
        flash: path.join(folder, `${id}.flash`),
        air: tap(id, air.nodePort(id, { position: { x: 300 * Math.cos(angle), y: 300 * Math.sin(angle) } })),
        startTime: dayStart * 1000,
        seed: i + 1,
        finish,
        onLine: (line) => {
          if (line.startsWith('{"event":')) journal.push(JSON.parse(line) as Record<string, unknown>);
        },
      });
    }),
  );
}
