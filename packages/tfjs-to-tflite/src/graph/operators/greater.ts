import { comparison } from "./shared/comparison.js";

export const greater = comparison("GREATER", 61, "Greater", 44);
