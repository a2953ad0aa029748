import { UserError } from "../lib/errors.js";
import { exitCodes, type RunResult } from "../xs/index.js";
import type { SimulationSummary } from "./summary.js";

/** The node's process has ended before the recording. */
export class NodeEnded extends UserError {
  /** Of the events until then. */
  readonly summary: SimulationSummary;

  constructor(run: RunResult, summary: SimulationSummary, state: string | undefined) {
    const output = `${run.stderr}${run.lines.filter((line) => !line.startsWith("{")).join("\n")}`;
    const isFailure = run.signal === undefined && run.exitCode !== exitCodes.requested;
    const next = isFailure || state === undefined ? "" : `: run it again with --state ${state}, and it goes on there`;
    super(`${endOf(run)}${next}${output === "" ? "" : `:\n${output}`}`);
    this.summary = summary;
  }
}

/** How a node's process has ended that was not to end. */
export function endOf({ exitCode, signal }: Pick<RunResult, "exitCode" | "signal">): string {
  if (signal !== undefined) return `the node's process was killed (${signal})`;
  return exitCode === exitCodes.requested
    ? "the node's process was told to end (SIGTERM)"
    : `the node's program ended (exit ${exitCode})`;
}
