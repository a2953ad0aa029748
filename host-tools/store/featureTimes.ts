import { featuresOf, findNetworks } from "./networks.js";
import type { Store } from "./store.js";

/** What a node's deferred windows say of its sensors: the other payloads have no features. */
export interface FeatureTimes {
  /** Names of features, in the order of a frame. */
  names: string[];
  /** Of each window the means over its frames, in the sensors' units; in order of time. */
  windows: { at: number; values: number[] }[];
}

/**
 * The newest `limit` windows of a time whose network is known and has the features of the newest one's.
 * @param from to: seconds since 1970, by the node's clock where it knows the time
 */
export async function featureTimes(
  store: Store,
  devEui: string,
  { from, to, limit }: { from: number; to: number; limit: number },
): Promise<FeatureTimes> {
  const rows = await store.db
    .selectFrom("deferrals")
    .select(["at", "window", "network"])
    .where("devEui", "=", devEui)
    .where("at", ">=", from)
    .where("at", "<=", to)
    .where("window", "is not", null)
    .where("network", "is not", null)
    .orderBy("at", "desc")
    .limit(limit)
    .execute();
  const networks = await findNetworks(store, [...new Set(rows.map(({ network }) => network!))]);
  const names = rows[0] ? networks[rows[0].network!]!.features : [];
  const windows = rows.flatMap(({ at, window, network: id }) => {
    const network = networks[id!]!;
    const isAlike = network.features.join() === names.join();
    // Of a node with another description.
    if (!isAlike || window!.length !== network.frames * names.length) return [];
    const features = featuresOf(new Int8Array(window!), network);
    const values = names.map((_, i) => {
      let sum = 0;
      for (let frame = 0; frame < network.frames; frame++) sum += features[frame * names.length + i]!;
      return sum / network.frames;
    });
    return [{ at, values }];
  });
  return { names, windows: windows.reverse() };
}
