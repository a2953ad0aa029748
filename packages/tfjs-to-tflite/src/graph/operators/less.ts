import { comparison } from "./shared/comparison.js";

export const less = comparison("LESS", 58, "Less", 41);
