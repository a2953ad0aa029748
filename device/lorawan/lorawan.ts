export type { Link } from "./link.js";
export type * from "./types.js";
