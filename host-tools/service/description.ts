import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import type { InputQuantization } from "../cloud/cloud.js";
import { readNormalizer } from "../node/normalizerFile.js";
import { profileHash } from "../node/profile.js";
import type { NetworkDescription } from "../store/networks.js";

/** What the windows of nodes with this network mean. @param model has its normalizer beside it @throws UserError for one of another node */
export async function describeNetwork(
  model: string,
  node: NodeConfig,
  { scale, zeroPoint }: InputQuantization,
): Promise<NetworkDescription> {
  const { classes } = node;
  const features = [...featureLayout(node).names];
  const { mean, deviation } = await readNormalizer(path.join(path.dirname(model), "normalizer.bin"), {
    features,
    classes,
  });
  const profile = profileHash(node).toString("hex");
  return {
    ...{ profile, frames: node.window.frames, features, classes: [...classes] },
    ...{ mean: [...mean], deviation: [...deviation], scale, zeroPoint },
  };
}
