export * from "tfjs-to-tflite/lib/progress.js";
