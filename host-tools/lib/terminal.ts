export * from "tfjs-to-tflite/lib/terminal.js";
