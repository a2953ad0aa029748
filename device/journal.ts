import type { Journal } from "./uplinksender.js";

/** One line of JSON per event, for the simulator and xsbug. */
export const traceJournal: Journal = (event, fields) =>
  trace(`${JSON.stringify({ event, at: Date.now() / 1000, ...fields })}\n`);
