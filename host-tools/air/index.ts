/** The air between simulated nodes and gateways. */
export { Air } from "./air.js";
export { airtime, type FrameShape } from "./airtime.js";
export type { NodePort } from "./node.js";
export type * from "./types.js";
