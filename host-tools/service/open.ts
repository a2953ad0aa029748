import type { NodeConfig } from "../../device/config.js";
import { describeAlarm } from "../alarms/describe.js";
import { AlarmWatch, type AlarmWatchOptions } from "../alarms/watch.js";
import { readNode } from "../node/nodeFile.js";
import { registerNodes, type NodeLabel } from "../store/fleet.js";
import { openStore, type Store } from "../store/store.js";
import { alarmChannels, alarmRules } from "./alarms.js";
import type { CloudConfig } from "./config.js";
import { openNetwork } from "./network.js";
import { openNetworks, readNetworks } from "./nodeNetworks.js";
import { CloudService, type ServiceEvent } from "./service.js";

export interface OpenCloud {
  store: Store;
  node: NodeConfig;
  /** Rejected with why it cannot go on. */
  failed: Promise<never>;
  close(): Promise<void>;
}

/** Everything that a description names, running: database, network server, decisions. @throws UserError for what is wrong with any of them */
export async function openCloud(
  config: CloudConfig,
  onEvent: (event: ServiceEvent | Record<string, unknown>) => void,
): Promise<OpenCloud> {
  const node = await readNode(config.node);
  const files = await readNetworks(config, node);
  const [rules, channels] = [alarmRules(config.alarms, node), await alarmChannels(config.alarms)];
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    const store = await openStore(config.database);
    closers.push(() => store.close());
    const { network, registered } = await openNetwork(config, node, {
      onEvent,
      onNodes: (added) =>
        void registerNodes(store, labels(added, config)).catch((error: unknown) =>
          onEvent({ event: "failed", what: "new nodes were not stored", error: (error as Error).message }),
        ),
    });
    await registerNodes(store, labels(registered, config));
    const { networks, close: closeNetworks } = await openNetworks(files, node, store, (sequence, windows) =>
      onEvent({ event: "network added", sequence, windows }),
    );
    closers.push(closeNetworks);
    const { decisionSeconds } = node.policy;
    const service = new CloudService({ store, network, networks, decisionSeconds, onEvent });
    closers.push(() => service.close());
    await service.start();
    const describe: AlarmWatchOptions["describe"] = (rule, found) => describeAlarm(node, rule, found);
    const watch = new AlarmWatch({ store, rules, channels, describe, onEvent });
    closers.push(() => watch.close());
    watch.start();
    return { store, node, failed: network.failed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Of those that are expected, with the names that they were given. */
function labels(registered: readonly string[], { names }: CloudConfig): NodeLabel[] {
  const named = new Map(names.map((one) => [one.devEui.toLowerCase(), one]));
  return [...new Set([...registered, ...named.keys()])].map((devEui) => ({ ...named.get(devEui), devEui }));
}
