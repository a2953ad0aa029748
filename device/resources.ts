import Resource from "Resource";
import type { NodeConfig } from "./config.js";

/** What lies in flash beside the code. @throws URIError when the firmware was built without it */
export const readConfig = (): NodeConfig => JSON.parse(String.fromArrayBuffer(new Resource("node.config.json").slice(0))) as NodeConfig;

/** Read in place. */
export const openModel = () => new Resource("model.tflite");

export const readNormalizer = (): ArrayBuffer => new Resource("normalizer.bin").slice(0);
