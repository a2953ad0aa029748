import { cmac, encryptBlock } from "loracrypto";
import { LoRaWAN } from "lorawan/lorawan";
import { LoraRadio } from "lorawan/radio";
import type { OpenLink } from "./types.js";

/** LoRaWAN on the board's LoRa radio; the session is stored in the flash partition "session". */
const openLink: OpenLink = async (
  { radio: { board, devEui, joinEui = "", appKey = "", abp, ...settings } },
  events,
  { now, memory, openFlash, battery },
) => {
  const radio = await LoraRadio.open(board, now);
  const link = new LoRaWAN({
    ...settings,
    radio,
    clock: radio,
    crypto: { cmac, encryptBlock },
    flash: openFlash("session"),
    memory,
    battery,
    credentials: abp ?? { devEui, joinEui, appKey },
    onDownlink: events.onDownlink,
    onStateChange(state) {
      // UplinkSender requests the time again while no answer comes.
      if (state === "joined") link.requestTime();
      events.onState(state);
    },
    onRadio: events.onRadio,
    onRadioError: events.onRadioError,
    onWait: events.onWait,
    onTime: (seconds, at) => events.onTime(seconds + (radio.now() - at) / 1000),
  });
  return { link, clock: radio, encryptBlock, shutDown: () => radio.shutDown() };
};
export default openLink;
