export * from "tfjs-to-tflite/lib/files.js";
