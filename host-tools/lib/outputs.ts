export * from "tfjs-to-tflite/lib/outputs.js";
