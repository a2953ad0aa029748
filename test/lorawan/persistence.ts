import { DutyCycle } from "../../device/lorawan/dutycycle.js";
import { JoinBackoff } from "../../device/lorawan/joinbackoff.js";
import { SessionPersistence } from "../../device/lorawan/sessionpersistence.js";
import { Session } from "../../device/lorawan/session.js";
import { NorFlash } from "../flash/norflash.js";

/** The persistence of a session on flash, with a clock that stands still. */
export function persistenceOf(flash: NorFlash, session: Session): SessionPersistence {
  const duty = new DutyCycle(session.channels.region);
  const clock = { now: () => 0, until: () => Promise.resolve() };
  return new SessionPersistence({ flash, session, duty, backoff: new JoinBackoff(), clock });
}
