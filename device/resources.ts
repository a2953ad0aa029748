import settings from "mc/config";
import Firmware from "firmware";
import Resource from "Resource";
import Sleep from "sleep";
import type { NodeConfig, RadioBoard } from "./config.js";

/** What a manifest's "config" may override in the node description, for builds that are not a node in the field. */
interface Settings {
  /** Seconds from one window's start to the next one's. */
  everySeconds?: number;
  /** The firmware's version. */
  firmware?: string;
}

export const firmwareVersion = (): string => Firmware.version ?? (settings as Settings).firmware ?? "";

/** Resources in flash. @throws URIError when the firmware was built without them */
export function readConfig(): NodeConfig {
  const text = String.fromArrayBuffer(new Resource("node.config.json"));
  // Some editors begin a file with a byte order mark.
  const config = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) as NodeConfig;
  // The SDK's mcconfig, when it is called without loam device, embeds the description as it stands.
  if ((config.radio.board as RadioBoard | undefined) === undefined)
    throw new Error(`the description names the board ${config.board} only: build the firmware with loam device`);
  const { everySeconds } = settings as Settings;
  return everySeconds === undefined ? config : { ...config, window: { ...config.window, everySeconds } };
}

/** To be counted up when the layout of a retained part changes. */
const retainedVersion = 6;

/** Of the retained parts: of this firmware, and of the node description, which says how many sensors and classes there are. */
export const retainedLayout = (): number =>
  (Sleep.checksum(new Resource("node.config.json") as never) + retainedVersion) | 0;

/** An app script in the place of the firmware's own: its text; "": there is none. */
export const readScript = (): string =>
  Resource.exists("app.js") ? String.fromArrayBuffer(new Resource("app.js").slice(0)) : "";

/** Read in place. */
export const openModel = () => new Resource("model.tflite");

export const readNormalizer = (): ArrayBuffer => new Resource("normalizer.bin").slice(0);
