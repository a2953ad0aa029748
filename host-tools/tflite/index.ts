export * from "./model.js";
export * from "./schema.js";
export { readTflite } from "./read.js";
export { writeTflite } from "./write.js";
