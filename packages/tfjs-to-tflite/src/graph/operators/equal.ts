import { comparison } from "./shared/comparison.js";

export const equal = comparison("EQUAL", 71, "Equal", 53);
