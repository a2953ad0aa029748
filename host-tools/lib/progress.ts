export * from "tfjs-to-tflite/lib/progress.js";
export * from "tfjs-to-tflite/lib/progressBar.js";
