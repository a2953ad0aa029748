import type { ClockServer, NodeClock } from "./clockserver.js";
import type { Deliveries, NodeRecord } from "./deliveries.js";
import type { NetworkServer } from "./networkserver.js";
import type { PersistedDevice } from "./persist.js";
import type { StateFile } from "./statefile.js";
import type { DeviceRegistration } from "./types.js";

interface Parts {
  server: NetworkServer;
  deliveries: Deliveries;
  clocks: ClockServer;
}

/** DevEUIs, in lower case. */
export interface RegistrationChange {
  added: string[];
  /** Their keys are others now: they have to join again. */
  changed: string[];
  removed: string[];
}

const idOf = ({ devEui }: DeviceRegistration): string => devEui.toLowerCase();
const keysOf = (registration: DeviceRegistration): string =>
  JSON.stringify(registration, Object.keys(registration).sort()).toLowerCase();

/** The nodes of a network, which may change while it runs. */
export class Registrations {
  readonly #parts: Parts;
  readonly #nodes = new Map<string, DeviceRegistration>();

  /** @throws UserError for keys of a wrong length, and for a node that is registered twice */
  constructor(parts: Parts, registrations: readonly DeviceRegistration[]) {
    this.#parts = parts;
    for (const registration of registrations) this.#add(registration);
  }

  get count(): number {
    return this.#nodes.size;
  }

  /** What the state knows of these nodes; by default of all. @returns of how many it knew */
  restore(state: StateFile, nodes: ReadonlySet<string> = new Set(this.#nodes.keys())): number {
    const { server, deliveries, clocks } = this.#parts;
    const stored = <T>(part: string): T[] =>
      state.entries(part).flatMap(([devEui, value]) => (nodes.has(devEui) ? [value as T] : []));
    const devices = stored<PersistedDevice>("device");
    const [[, nextAddress] = ["next", 1]] = state.entries("address");
    server.restore({ nextAddress: nextAddress as number, devices });
    deliveries.restore(stored<NodeRecord>("record"), new Map(state.entries("package") as [string, string][]));
    clocks.restore(stored<NodeClock>("clock"));
    return devices.length;
  }

  /** Goes over to another list. A node that comes back goes on where it was. @throws UserError for a wrong entry: then nothing is changed */
  change(registrations: readonly DeviceRegistration[], state: StateFile | undefined): RegistrationChange {
    const next = new Map(registrations.map((one) => [this.#parts.server.check(one), one]));
    const added = [...next.keys()].filter((id) => !this.#nodes.has(id));
    const removed = [...this.#nodes.keys()].filter((id) => !next.has(id));
    const changed = [...next].flatMap(([id, one]) => {
      const before = this.#nodes.get(id);
      return before && keysOf(before) !== keysOf(one) ? [id] : [];
    });
    for (const id of [...removed, ...changed]) this.#remove(id);
    for (const id of [...added, ...changed]) this.#add(next.get(id)!);
    if (state) this.restore(state, new Set(added));
    return { added, changed, removed };
  }

  #add(registration: DeviceRegistration): void {
    const { server, deliveries, clocks } = this.#parts;
    server.addDevice(registration);
    deliveries.add(registration);
    clocks.add(idOf(registration));
    this.#nodes.set(idOf(registration), registration);
  }

  #remove(devEui: string): void {
    const { server, deliveries, clocks } = this.#parts;
    server.removeDevice(devEui);
    deliveries.remove(devEui);
    clocks.remove(devEui);
    this.#nodes.delete(devEui);
  }
}
