/** XS on this machine: builds a manifest into a host program, and runs it on a virtual clock. */
export { buildHost, type BuildOptions, type HostProgram } from "./builder/program.js";
export {
  defaultStart,
  exitCodes,
  runHost,
  simulationVariables,
  type AirPeer,
  type BoardReport,
  type HeapUse,
  type PowerTimes,
  type RunOptions,
  type RunResult,
  type SerialPeer,
} from "./run.js";
