import type { ExecutionContext } from "ava";
import type { Air } from "../../host-tools/air/index.js";
import type { NodeLife } from "../../host-tools/radionode/life.js";
import { buildRadioNode } from "../../host-tools/radionode/program.js";
import { runHost } from "../../host-tools/xs/index.js";
import { otaa } from "./simulation.js";

/** When the node is switched on. */
export const start = Date.UTC(2026, 0, 1);

interface RadioNodeRun extends Pick<NodeLife, "region" | "everySeconds">, Partial<Pick<NodeLife, "credentials">> {
  /** ms from the start in which the node makes payloads. */
  makeFor: number;
  /** ms from the start after which it ends all the same. */
  endAfter: number;
  seed?: number;
  /** See LOAM_RADIO_STUCK in host-tools/xs/sim/radio/simLoraHal.c. */
  stuck?: string;
}

/** Runs the node `otaa` of host-tools/radionode under XS on the air, until its outbox is empty. @returns the lines of its trace */
export async function runRadioNode(
  t: ExecutionContext,
  air: Air,
  { region, everySeconds, makeFor, endAfter, seed = 5, stuck, credentials = otaa }: RadioNodeRun,
): Promise<string[]> {
  t.timeout(120000);
  const life: NodeLife = {
    chip: "sx1262",
    region,
    credentials,
    silenceLimit: 0,
    clockErrorPpm: 20,
    everySeconds,
    outboxBytes: 65536,
    makeUntil: start + makeFor,
    endAt: start + endAfter,
    resetAfter: 0,
  };
  const lines: string[] = [];
  const result = await runHost(await buildRadioNode(), {
    args: [JSON.stringify(life)],
    air: air.nodePort("node", { position: { x: 300, y: 0 }, ppm: 10 }),
    seed,
    ...(stuck && { env: { LOAM_RADIO_STUCK: stuck } }),
    startTime: start,
    timeoutMs: 100000,
    onLine: (line) => lines.push(line),
  });
  t.is(result.exitCode, 0, result.stderr);
  t.is(lines.at(-1), '{"left":0}', `not every confirmed payload was acknowledged:\n${lines.join("\n")}`);
  return lines;
}
