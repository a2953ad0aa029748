export * from "tfjs-to-tflite/lib/text.js";
