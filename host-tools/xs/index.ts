/** XS on this machine: builds a manifest into a host program, and runs it on a virtual clock. */
export { buildHost, type BuildOptions, type HostProgram } from "./builder/program.js";
export {
  exitCodes,
  runHost,
  type AirPeer,
  type HeapUse,
  type PowerTimes,
  type RunOptions,
  type RunResult,
} from "./run.js";
