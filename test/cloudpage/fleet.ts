/** A database with a day of a node in it, made of payloads as nodes send them. */
import {
  decodeUplink,
  encodeDeferral,
  encodeFaultReport,
  encodeHealth,
  encodeReport,
  ports,
} from "../../device/codec/codec.js";
import { claimSend, decide, markSent } from "../../host-tools/store/decisions.js";
import { registerNodes } from "../../host-tools/store/fleet.js";
import { takeUplink } from "../../host-tools/store/intake.js";
import { openStore, type Store } from "../../host-tools/store/store.js";

export const devEui = "70b3d57ed0000001";
export const start = 1_900_000_000;
export const kind = {
  ...{ name: "irrigation", classes: ["normal", "dry", "leak"], actuators: ["valve", "pump"], sensors: ["soil"] },
  ...{ threshold: 0.7, isSimulated: false },
};

let frames = 0;
export async function take(store: Store, port: number, payload: Uint8Array, at: number): Promise<number> {
  const receptions = [{ gateway: "g1", rssi: -80 - (at % 7), snr: 5 }];
  const uplink = { devEui, port, payload, frame: `f${++frames}`, received: at, dataRate: 5, airtime: 61.7, receptions };
  return (await takeUplink(store, uplink, decodeUplink(port, payload))).id;
}

const window = { frames: 2, features: 3, data: Int8Array.of(-128, 0, 127, 10, 20, 30) };

/** @param at when it was taken, and came @param network that the node says it is of */
export async function takeDeferral(
  store: Store,
  sequence: number,
  at: number,
  label = 0,
  network?: number,
): Promise<number> {
  const deferral = { sequence, time: Math.floor(at), label, confidence: 0.5, window: { ...window, network } };
  return await take(store, ports.deferral, encodeDeferral(deferral, 51), at);
}

export async function storeWithDay(): Promise<Store> {
  const store = await openStore(":memory:");
  await fillDay(store);
  return store;
}

export async function fillDay(store: Store): Promise<void> {
  await registerNodes(store, [
    { devEui, name: "north <field>", latitude: 47.1, longitude: 8.5 },
    { devEui: "70b3d57ed0000002", name: "south field", latitude: 47.09, longitude: 8.49 },
  ]);
  for (let i = 0; i < 96; i++) {
    const time = start + 900 * i;
    const verdict = { sequence: i, time, label: i % 3 };
    if (i % 8 === 5) {
      const id = await takeDeferral(store, i, time, i % 3);
      await decide(store, { id, devEui, sequence: i }, { label: (i + 1) % 3, confidence: 0.9 }, time + 1);
      await claimSend(store, id, `f${frames}`, time + 1);
      await markSent(store, id, `f${frames}`, time + 1);
    } else {
      await take(store, ports.report, encodeReport({ ...verdict, confidence: 0.9, actions: 2, count: 1 }), time);
    }
  }
  const faults = [{ kind: "stuck" as const, sensor: 0, count: 3 }];
  await take(store, ports.fault, encodeFaultReport({ sequence: 200, time: start + 86000, faults }), start + 86000);
  const health = {
    ...{ sequence: 201, time: start + 86400, safeMode: false, battery: 254, millivolts: 3700, restarts: 0, erases: 7 },
    ...{ heapPeak: 16000, stackPeak: 300, resets: { power: 0, reset: 0, watchdog: 0, panic: 0, brownout: 0 } },
    ...{ duty: 0.25, airtime: 12.5, firmware: "1.2.3", script: 9 },
  };
  await take(store, ports.health, encodeHealth(health, 51), start + 86400);
}
