/** What the node did, a line of JSON each, for whoever watches: the simulator, xsbug. */
export type Journal = (event: string, fields: Record<string, unknown>) => void;

export const traceJournal: Journal = (event, fields) => trace(`${JSON.stringify({ event, at: Date.now() / 1000, ...fields })}\n`);
