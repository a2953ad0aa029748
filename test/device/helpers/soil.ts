import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { NodeConfig } from "../../../device/config.js";
import { soilModel } from "./model.js";

/** Writes the network whose verdicts follow soil moisture, with its normalizer. @returns the network's file */
export function writeSoilModel(folder: string, config: NodeConfig): string {
  mkdirSync(folder, { recursive: true });
  const made = soilModel(config);
  const model = path.join(folder, "model.tflite");
  writeFileSync(model, made.model);
  writeFileSync(path.join(folder, "normalizer.bin"), made.normalizer);
  return model;
}

/** What a simulation reads: that network, and a recorded day. */
export function writeSoilDay(folder: string, config: NodeConfig, day: string): { model: string; recording: string } {
  const model = writeSoilModel(folder, config);
  const recording = path.join(folder, "day.csv");
  writeFileSync(recording, day);
  return { model, recording };
}
