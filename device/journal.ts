import type { Journal } from "./uplinksender.js";

/** A line of JSON each, for whoever watches: the simulator, xsbug. */
export const traceJournal: Journal = (event, fields) =>
  trace(`${JSON.stringify({ event, at: Date.now() / 1000, ...fields })}\n`);
