import { comparison } from "./shared/comparison.js";

export const greaterEqual = comparison("GREATER_EQUAL", 62, "GreaterEqual", 45);
