import { longestFrame, type StationUplink } from "./messages.js";

/** The PHYPayload that a station took apart; undefined when it would be longer than a frame can be. */
export function rebuildFrame(uplink: StationUplink): Buffer | undefined {
  const frame = Buffer.concat(parts(uplink));
  return frame.length <= longestFrame ? frame : undefined;
}

function parts(uplink: StationUplink): Buffer[] {
  if (uplink.msgtype === "propdf") return [uplink.FRMPayload];
  const head = Buffer.of(uplink.MHdr);
  const mic = little(uplink.MIC, 4);
  if (uplink.msgtype === "jreq")
    return [head, reversed(uplink.JoinEui), reversed(uplink.DevEui), little(uplink.DevNonce, 2), mic];
  const { DevAddr, FCtrl, FCnt, FOpts, FPort, FRMPayload } = uplink;
  return [
    ...[head, little(DevAddr, 4), Buffer.of(FCtrl), little(FCnt, 2), FOpts],
    ...(FPort < 0 ? [] : [Buffer.of(FPort), FRMPayload]),
    mic,
  ];
}

/** Little-endian, as all of LoRaWAN's fields; negative numbers in two's complement. */
function little(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(bytes === 4 ? value >>> 0 : value, 0, bytes);
  return buffer;
}

const reversed = (eui: string): Buffer => Buffer.from(eui, "hex").reverse();
