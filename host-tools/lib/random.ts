export * from "tfjs-to-tflite/lib/random.js";
