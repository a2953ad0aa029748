import type { Device, NetworkSession } from "./device.js";
import { micMatches, type LoraPacket } from "./packets.js";

/** Whose data frame it is, by its MIC, and its whole counter; undefined: nobody's. */
export function findSession(
  devices: Iterable<Device>,
  packet: LoraPacket,
): { device: Device; session: NetworkSession; counter: number } | undefined {
  const low = packet.getFCnt()!;
  for (const device of devices) {
    for (const session of [device.offered, device.session]) {
      if (!session?.devAddr.equals(packet.DevAddr!)) continue;
      const base = Math.max(0, session.fCntUp);
      const high = base - (base % 65536);
      // The 16-bit counter may have rolled over.
      for (const counter of [high + low, high + 65536 + low]) {
        if (counter <= 0xffffffff && micMatches(packet, session.nwkSKey, counter)) return { device, session, counter };
      }
    }
  }
  return undefined;
}
