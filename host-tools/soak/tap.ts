import { createInterface } from "node:readline";
import type { AirPeer } from "../xs/index.js";

/** A transmission as the node's simulated chip announces it: microseconds since the program's start, by its own clock; nominal frequency. */
export interface Sent {
  start: number;
  end: number;
  frequency: number;
  payload: Uint8Array;
}

/** Listens to what a program says to the air, beside the air itself. */
export function tapped(peer: AirPeer, onSent: (sent: Sent) => void): AirPeer {
  return {
    attach(output, input) {
      peer.attach(output, input);
      createInterface({ input: output, crlfDelay: Infinity }).on("line", (line) => {
        if (!line.startsWith('{"send"')) return;
        const { send, end, frequency, payload } = JSON.parse(line) as { send: number; end: number; frequency: number; payload: string };
        onSent({ start: send, end, frequency, payload: Buffer.from(payload, "hex") });
      });
    },
  };
}
