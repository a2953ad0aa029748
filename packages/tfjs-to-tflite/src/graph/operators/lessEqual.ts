import { comparison } from "./shared/comparison.js";

export const lessEqual = comparison("LESS_EQUAL", 63, "LessEqual", 46);
