import { DutyCycle } from "../../device/lorawan/dutycycle.js";
import { JoinBackoff } from "../../device/lorawan/joinbackoff.js";
import { SessionPersistence } from "../../device/lorawan/sessionpersistence.js";
import { Session } from "../../device/lorawan/session.js";
import { NorFlash } from "../flash/norflash.js";

/** What reads and writes a session on flash, in a node whose clock stands still. */
export function persistenceOf(flash: NorFlash, session: Session): SessionPersistence {
  const duty = new DutyCycle(session.channels.region);
  const clock = { now: () => 0, until: () => Promise.resolve() };
  return new SessionPersistence({ flash, session, duty, backoff: new JoinBackoff(), clock });
}
