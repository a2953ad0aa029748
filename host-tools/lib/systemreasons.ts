export * from "tfjs-to-tflite/lib/systemreasons.js";
