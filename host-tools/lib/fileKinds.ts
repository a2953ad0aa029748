export * from "tfjs-to-tflite/lib/fileKinds.js";
