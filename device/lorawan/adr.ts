import type { Session } from "./session.js";
import { maxPayloadAt } from "./regions/regions.js";

/** Uplinks without a downlink after which the node asks for one, and between the steps that it then takes (TS001 1.0.4, 4.3.1.1). */
export const adrAckLimit = 64;
export const adrAckDelay = 32;

/** Whether the uplink asks the network for a sign of life. */
export function adrAckRequest(session: Session): boolean {
  return session.adrCount >= adrAckLimit;
}

/**
 * To be called when a new uplink has been counted: after adrAckLimit + adrAckDelay of them full power, then a slower data rate after every
 * adrAckDelay, at the slowest all default channels and a single transmission. True when the session changed.
 */
export function backOff(session: Session): boolean {
  const over = session.adrCount - adrAckLimit;
  if (over < adrAckDelay || over % adrAckDelay !== 0) return false;
  if (session.powerIndex > 0) {
    session.powerIndex = 0;
    return true;
  }
  const { channels } = session;
  const slower = slowerRate(session);
  if (slower >= 0) {
    session.dataRate = slower;
    return true;
  }
  const before = channels.mask.slice();
  channels.enableDefaults();
  const changed = session.transmissions !== 1 || channels.mask.some((word, i) => word !== before[i]);
  session.transmissions = 1;
  return changed;
}

/** The next slower data rate that a payload may be sent at, though no channel in force may carry it yet; -1: none. */
function slowerRate(session: Session): number {
  const { channels } = session;
  for (let rate = session.dataRate - 1; rate >= channels.region.uplinkRates[0]; rate--) {
    if (maxPayloadAt(channels.region, rate, session.uplinkDwell) > 0 && channels.supports(rate)) return rate;
  }
  return -1;
}
