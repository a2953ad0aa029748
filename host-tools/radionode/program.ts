import path from "node:path";
import { loamRoot } from "../lib/paths.js";
import { buildHost, type HostProgram } from "../xs/index.js";

/** The host program of a node without sensors: the field's radio driver, LoRaWAN and outbox under XS. It takes a NodeLife as its argument. */
export const buildRadioNode = (): Promise<HostProgram> =>
  buildHost({ manifest: path.join(loamRoot, "host-tools/radionode/manifest.json") });
