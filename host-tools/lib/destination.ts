export * from "tfjs-to-tflite/lib/destination.js";
