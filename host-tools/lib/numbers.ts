export * from "tfjs-to-tflite/lib/numbers.js";
