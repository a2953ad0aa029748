import Flash from "flash";
import { cmac, encryptBlock } from "loracrypto";
import Time from "time";
import { LoRaWAN } from "lorawan/lorawan";
import { LoraRadio } from "lorawan/radio";
import type { OpenLink } from "./types.js";

/** The clock is set when it is off by more seconds than this: Time.set knows whole ones only. */
const clockTolerance = 1;

/** LoRaWAN on the board's LoRa radio; the session is kept in the flash partition "session". */
const openLink: OpenLink = async ({ radio: settings }, events) => {
  const radio = await LoraRadio.open(settings.board);
  const link = new LoRaWAN({
    radio,
    clock: radio,
    crypto: { cmac, encryptBlock },
    flash: new Flash("session") as never,
    region: settings.region,
    credentials: settings,
    onDownlink: events.onDownlink,
    onStateChange(state) {
      // A node that comes up knows no time of day; reports carry one.
      if (state === "joined") link.requestTime();
      events.onState(state);
    },
    onRadio: events.onRadio,
    onTime(seconds, at) {
      const now = seconds + (radio.now() - at) / 1000;
      if (Math.abs(Date.now() / 1000 - now) <= clockTolerance) return;
      Time.set(Math.round(now));
      events.onTime();
    },
  });
  if (link.state === "joined") link.requestTime();
  return { link, clock: radio };
};
export default openLink;
