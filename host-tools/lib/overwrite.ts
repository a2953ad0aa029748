export * from "tfjs-to-tflite/lib/overwrite.js";
