import Flash from "flash";
import { cmac, encryptBlock } from "loracrypto";
import Time from "time";
import { LoRaWAN } from "lorawan/lorawan";
import { LoraRadio } from "lorawan/radio";
import type { OpenLink } from "./types.js";

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
    onStateChange: events.onState,
    onRadio: events.onRadio,
    onTime(seconds, at) {
      Time.set(Math.round(seconds + (radio.now() - at) / 1000));
      events.onTime();
    },
  });
  return { link, clock: radio };
};
export default openLink;
