export * from "./model.js";
export * from "./schema.js";
export { builtinNames } from "./builtinNames.js";
export { readTfliteWith } from "./read.js";
export { writeTfliteWith } from "./write.js";
