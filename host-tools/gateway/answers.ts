import { commandId } from "../../device/lorawan/commands.js";
import { adrAnswered } from "./adr.js";
import type { Device } from "./device.js";

/** Bytes after the identifier of what nodes send (TS001 1.0.4, table of MAC commands). */
const lengths: Readonly<Record<number, number>> = {
  [commandId.linkCheck]: 0,
  [commandId.linkAdr]: 1,
  [commandId.dutyCycle]: 0,
  [commandId.rxParamSetup]: 1,
  [commandId.devStatus]: 2,
  [commandId.newChannel]: 1,
  [commandId.rxTimingSetup]: 0,
  [commandId.txParamSetup]: 0,
  [commandId.dlChannel]: 1,
  [commandId.deviceTime]: 0,
};

/** Seconds between the Unix and the GPS epoch, less the leap seconds since. */
const gpsOffset = 315964800 - 18;

/** Reads a node's MAC commands: requests are answered with the next downlink, answers go into the device's record. */
export function readAnswers(device: Device, commands: Uint8Array, heard: { seconds: number; snr: number; gateways: number }): void {
  for (let at = 0; at < commands.length; ) {
    const id = commands[at]!;
    const length = lengths[id];
    if (length === undefined || at + 1 + length > commands.length) return;
    if (id === commandId.linkCheck) {
      // Margin over the demodulation floor, 0..254 dB; the SNR floor of SF12 is about -20 dB.
      const margin = Math.max(0, Math.min(254, Math.round(heard.snr + 20)));
      append(device, Buffer.from([id, margin, Math.min(255, heard.gateways)]));
    } else if (id === commandId.deviceTime && heard.seconds >= gpsOffset) {
      // An earlier time, as of a recording that counts from 0, cannot be told.
      const answer = Buffer.alloc(6);
      const seconds = heard.seconds - gpsOffset;
      answer[0] = id;
      answer.writeUInt32LE(Math.floor(seconds), 1);
      answer[5] = Math.floor((seconds % 1) * 256);
      append(device, answer);
    } else if (id === commandId.linkAdr) {
      adrAnswered(device, commands[at + 1]!);
    }
    at += 1 + length;
  }
}

function append(device: Device, command: Buffer): void {
  device.commands = Buffer.concat([device.commands, command]);
}
