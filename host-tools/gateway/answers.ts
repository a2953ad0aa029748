import { answerBytes, commandId } from "../../device/lorawan/commands.js";
import { toGpsTime } from "../../device/lorawan/gpstime.js";
import { adrAnswered } from "./adr.js";
import type { Device, NetworkSession } from "./device.js";
import { follow } from "./parameters.js";

/**
 * Reads a node's MAC commands. What it asks for is answered with the next downlink. What it answers holds from the windows of this very uplink
 * on, and only if it says that it has taken the request whole.
 */
export function readAnswers(
  device: Device,
  session: NetworkSession,
  commands: Uint8Array,
  heard: { seconds: number; snr: number; gateways: number },
): void {
  const { requests } = device;
  const taken: { place: number; bytes: Buffer; status: number | undefined }[] = [];
  requests.hears();
  for (let at = 0; at < commands.length;) {
    const id = commands[at]!;
    const length = answerBytes[id];
    if (length === undefined || at + 1 + length > commands.length) break;
    if (id === commandId.linkCheck) {
      // Margin over the demodulation floor, 0..254 dB; the SNR floor of SF12 is about -20 dB.
      const margin = Math.max(0, Math.min(254, Math.round(heard.snr + 20)));
      requests.add(Buffer.from([id, margin, Math.min(255, heard.gateways)]), true);
    } else if (id === commandId.deviceTime) {
      // An earlier time, as of a recording that counts from 0, cannot be told.
      const gpsSeconds = toGpsTime(heard.seconds);
      if (gpsSeconds >= 0) requests.add(timeAnswer(gpsSeconds), true);
    } else {
      const request = requests.answered(id);
      if (request) taken.push({ ...request, status: length === 1 ? commands[at + 1] : undefined });
    }
    at += 1 + length;
  }
  requests.heardAll();
  // Sticky answers go ahead of the others, but the node did what it was asked in the order of the requests.
  taken.sort((a, b) => a.place - b.place);
  for (const { bytes, status } of taken) {
    if (bytes[0] === commandId.linkAdr) adrAnswered(device, bytes, status!);
    else follow(session.parameters, bytes, status);
  }
}

function timeAnswer(gpsSeconds: number): Buffer {
  const answer = Buffer.alloc(6);
  answer[0] = commandId.deviceTime;
  answer.writeUInt32LE(Math.floor(gpsSeconds), 1);
  answer[5] = Math.floor((gpsSeconds % 1) * 256);
  return answer;
}
