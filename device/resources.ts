import settings from "mc/config";
import Resource from "Resource";
import type { NodeConfig } from "./config.js";

/** What a manifest's "config" may change of the node description, for a build that is not a node in the field. */
interface Settings {
  /** Seconds from one window's start to the next one's. */
  everySeconds?: number;
}

/** What lies in flash beside the code. @throws URIError when the firmware was built without it */
export function readConfig(): NodeConfig {
  const config = JSON.parse(String.fromArrayBuffer(new Resource("node.config.json").slice(0))) as NodeConfig;
  const { everySeconds = config.window.everySeconds } = settings as Settings;
  return { ...config, window: { ...config.window, everySeconds } };
}

/** Read in place. */
export const openModel = () => new Resource("model.tflite");

export const readNormalizer = (): ArrayBuffer => new Resource("normalizer.bin").slice(0);
