import { comparison } from "./shared/comparison.js";

export const notEqual = comparison("NOT_EQUAL", 72, "NotEqual", 54);
