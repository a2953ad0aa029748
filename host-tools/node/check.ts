/** Validates a node description: its schema, and the rules that involve more than one key. */
import type { z } from "zod";
import type { Path } from "../lib/jsonPath.js";
import { ConfigError, Findings } from "./findings.js";
import { nearest, unknownName } from "tfjs-to-tflite/lib/nearest.js";
import { checkBoard } from "./rules/board.js";
import { checkApp } from "./rules/app.js";
import type { Draft } from "./rules/draft.js";
import { checkFeatures } from "./rules/features.js";
import { checkMemory } from "./rules/memory.js";
import { checkNames } from "./rules/names.js";
import { checkBattery } from "./rules/battery.js";
import { checkPins } from "./rules/pins.js";
import { checkRadio } from "./rules/radio.js";
import { checkSerial } from "./rules/serial.js";
import { checkSensors } from "./rules/sensors.js";
import { checkSharing } from "./rules/sharing.js";
import { resolveBoard } from "./resolve.js";
import { actuator, nodeSchema, sensor, type CheckedNode } from "./schema/node.js";

export interface Checked {
  /** With defaults filled in, without "$schema". */
  config: CheckedNode;
  /** Likely mistakes. */
  warnings: string[];
  /** Remarks for bring-up of a board. */
  notes: string[];
}

const rules = [
  checkNames,
  checkSensors,
  checkSharing,
  checkFeatures,
  checkMemory,
  checkBoard,
  checkBattery,
  checkPins,
  checkRadio,
  checkApp,
  checkSerial,
];

/** @throws ConfigError naming each wrong key, its value and what is expected; its text never contains a LoRaWAN key */
export function checkConfig(description: unknown): Checked {
  const value = resolveBoard(description);
  const result = nodeSchema.safeParse(value);
  const findings = new Findings(value);
  for (const issue of result.error?.issues ?? []) addIssue(findings, issue);
  refuseProto(value, [], findings);
  const draft = result.success ? result.data : validParts(value);
  for (const rule of rules) rule(draft, findings);
  const problems = findings.of("error");
  if (problems.length > 0 || !result.success) throw new ConfigError(problems);
  const config: Omit<typeof result.data, "$schema"> & { $schema?: string } = { ...result.data };
  delete config.$schema;
  return { config, warnings: findings.of("warning"), notes: findings.of("note") };
}

export function addIssue(findings: Findings, issue: z.core.$ZodIssue): void {
  const path = issue.path as Path;
  if (issue.code !== "unrecognized_keys") return findings.expected(path, issue.message);
  const known = issue.message.split(", ");
  for (const name of issue.keys) {
    // A key that is there already is less likely meant than one that is missing.
    const near = nearest(
      name,
      known.toSorted((a, b) => Number(findings.has([...path, a])) - Number(findings.has([...path, b]))),
    );
    findings.add("error", [...path, name], unknownName("key", name, known, near));
  }
}

/** JavaScript keeps no ordinary key of this name: what stands there would be lost, wherever it is. */
function refuseProto(value: unknown, path: Path, findings: Findings): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === "__proto__") findings.expected(here, "another name");
    refuseProto(inner, here, findings);
  }
}

/** The parts of an invalid description that are valid themselves, so that the rules can check them. */
function validParts(value: unknown): Draft {
  const parts = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const valid = <T extends z.ZodType>(schema: T, part: unknown): z.output<T> | undefined => schema.safeParse(part).data;
  const each = <T extends z.ZodType>(schema: T, list: unknown) =>
    Array.isArray(list) ? list.map((item) => valid(schema, item)) : [];
  const { shape } = nodeSchema;
  return {
    board: valid(shape.board, parts["board"]),
    chip: valid(shape.chip, parts["chip"]),
    sensors: each(sensor, parts["sensors"]),
    window: valid(shape.window, parts["window"]),
    features: valid(shape.features, parts["features"]),
    task: valid(shape.task, parts["task"]),
    classes: valid(shape.classes, parts["classes"]),
    actuators: each(actuator, parts["actuators"]),
    battery: valid(shape.battery, parts["battery"]),
    radio: valid(shape.radio, parts["radio"]),
    app: valid(shape.app, parts["app"]),
    serial: valid(shape.serial, parts["serial"]),
  };
}
