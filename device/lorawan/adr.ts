import type { Session } from "./session.js";
import { maxPayloadAt } from "./regions/regions.js";

/** ADR_ACK_LIMIT and ADR_ACK_DELAY (TS001 1.0.4, 4.3.1.1). */
export const adrAckLimit = 64;
export const adrAckDelay = 32;

/** Whether the uplink sets ADRACKReq. */
export function adrAckRequest(session: Session): boolean {
  return session.adrAckCnt >= adrAckLimit;
}

/**
 * ADR back-off, to be called when a new uplink has been counted: after adrAckLimit + adrAckDelay of them full power, then a slower data rate after every
 * adrAckDelay, at the slowest all default channels and NbTrans 1. True when the session changed.
 */
export function adrBackoff(session: Session): boolean {
  const over = session.adrAckCnt - adrAckLimit;
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
  const changed = session.nbTrans !== 1 || channels.mask.some((word, i) => word !== before[i]);
  session.nbTrans = 1;
  return changed;
}

/** The next slower data rate that a payload may be sent at, though no enabled channel may support it yet; -1: none. */
function slowerRate(session: Session): number {
  const { channels } = session;
  for (let rate = session.dataRate - 1; rate >= channels.region.uplinkRates[0]; rate--) {
    if (maxPayloadAt(channels.region, rate, session.uplinkDwell) > 0 && channels.supports(rate)) return rate;
  }
  return -1;
}
