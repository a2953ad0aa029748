import { answerBytes, commandId } from "../../device/lorawan/commands.js";
import { toGpsTime } from "../../device/codec/gpstime.js";
import { adrAnswered } from "./adr.js";
import type { Device, NetworkSession } from "./device.js";
import { follow } from "./parameters.js";

/**
 * Applies a node's MAC commands. Its requests are answered with the next downlink. Its answers take effect from the receive windows of this uplink
 * on, and only if they accept the whole request.
 */
export function readAnswers(
  device: Device,
  session: NetworkSession,
  commands: Uint8Array,
  /** `seconds` undefined: DeviceTimeReq is not answered. */
  reception: { seconds: number | undefined; snr: number; gateways: number },
): void {
  const { requests } = device;
  const taken: { place: number; bytes: Buffer; status: number | undefined }[] = [];
  requests.beginUplink();
  for (let at = 0; at < commands.length;) {
    const id = commands[at]!;
    const length = answerBytes[id];
    if (length === undefined || at + 1 + length > commands.length) break;
    if (id === commandId.linkCheck) {
      // Margin over the demodulation floor, 0..254 dB; the SNR floor of SF12 is about -20 dB.
      const margin = Math.max(0, Math.min(254, Math.round(reception.snr + 20)));
      requests.add(Buffer.from([id, margin, Math.min(255, reception.gateways)]), true);
    } else if (id === commandId.deviceTime) {
      // An earlier time, as of a recording that starts at 0, cannot be encoded.
      const gpsSeconds = toGpsTime(reception.seconds ?? -Infinity);
      if (gpsSeconds >= 0) requests.add(timeAnswer(gpsSeconds), true);
    } else {
      const request = requests.answered(id);
      if (request) taken.push({ ...request, status: length === 1 ? commands[at + 1] : undefined });
    }
    at += 1 + length;
  }
  requests.endUplink();
  // Sticky answers come before the others, but the node applied the requests in their order.
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
