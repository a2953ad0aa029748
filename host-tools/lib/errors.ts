export * from "tfjs-to-tflite/lib/errors.js";
