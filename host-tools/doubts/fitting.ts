import type { NodeConfig } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import { profileHash } from "../node/profile.js";
import type { Doubt } from "../store/doubts.js";
import { featuresOf, type NetworkDescription } from "../store/networks.js";
import type { Doubts } from "./document.js";

/** A window of this node's profile, as features. */
export interface FittingDoubt extends Omit<Doubt, "window" | "frames" | "features" | "network"> {
  /** [frame][feature], not normalized. */
  window: Float32Array;
}

export interface Fitting {
  doubts: FittingDoubt[];
  /** Why others cannot be used, and how many. */
  refused: { reason: string; count: number }[];
}

/** Those windows that are of nodes with this description, converted back with the normalizer and the quantization that they were made with. */
export function fittingDoubts({ networks, doubts }: Doubts, node: NodeConfig): Fitting {
  const found: FittingDoubt[] = [];
  const refused = new Map<string, number>();
  const reasons = new Map(Object.entries(networks).map(([id, network]) => [id, whyOther(network, node)]));
  for (const { window, frames, features, network: id, ...doubt } of doubts) {
    const network = id === null ? undefined : networks[id];
    const values = new Int8Array(Buffer.from(window, "base64"));
    const reason = network
      ? (reasons.get(id!) ?? whyBad(doubt, [frames, features, values.length], network))
      : "their network is not known, or the cloud does not have it: its page says which one to add";
    if (reason === undefined) found.push({ ...doubt, window: featuresOf(values, network!) });
    else refused.set(reason, (refused.get(reason) ?? 0) + 1);
  }
  return { doubts: found, refused: [...refused].map(([reason, count]) => ({ reason, count })) };
}

/** Why a network is of nodes that are not like this one; undefined: it is not. */
function whyOther(network: NetworkDescription, node: NodeConfig): string | undefined {
  const layout = featureLayout(node);
  const own = { classes: node.classes, features: layout.names };
  for (const what of ["classes", "features"] as const) {
    const [theirs, ours] = [network[what], own[what]];
    const at = Array.from({ length: Math.max(theirs.length, ours.length) }, (_, i) => i).find(
      (i) => theirs[i] !== ours[i],
    );
    if (at !== undefined)
      return `nodes with other ${what}: number ${at} is ${theirs[at] ?? "missing"}, of this node ${ours[at] ?? "missing"}`;
  }
  if (network.frames !== node.window.frames)
    return `windows of ${network.frames} frames, of this node ${node.window.frames}`;
  if (network.profile !== profileHash(node).toString("hex"))
    return "nodes with another profile: sensors, window, spectra or actuators are not this node's";
  if (network.mean.length !== layout.count || network.deviation.length !== layout.count)
    return `a normalizer of ${network.mean.length} features, the node has ${layout.count}`;
  return undefined;
}

/** Why a window cannot be what it says. */
function whyBad(
  { decidedLabel, personLabel }: Pick<Doubt, "decidedLabel" | "personLabel">,
  [frames, features, length]: [number, number, number],
  network: NetworkDescription,
): string | undefined {
  if (frames !== network.frames || features !== network.features.length || length !== frames * features)
    return `a window of ${frames} frames of ${features} features in ${length} bytes, its network takes ${network.frames} of ${network.features.length}`;
  if (Math.max(decidedLabel ?? 0, personLabel ?? 0) >= network.classes.length)
    return `a label that is no class: ${Math.max(decidedLabel ?? 0, personLabel ?? 0)}`;
  return undefined;
}
