import type { AirPeer } from "../xs/index.js";

/** A transmission as the node's simulated chip announces it: microseconds since the program's start, by its own clock; nominal frequency. */
export interface Sent {
  start: number;
  end: number;
  frequency: number;
  payload: Uint8Array;
}

const announcement = '{"send"';

/** Listens to what a program says to the air, beside the air itself. */
export function tapped(peer: AirPeer, onSent: (sent: Sent) => void): AirPeer {
  return {
    attach(output, input) {
      peer.attach(output, input);
      let rest = "";
      output.on("data", (chunk: Buffer | string) => {
        const lines = (rest + chunk.toString()).split("\n");
        rest = lines.pop()!;
        for (const line of lines) if (line.startsWith(announcement)) onSent(parse(line));
      });
    },
  };
}

function parse(line: string): Sent {
  const { send, end, frequency, payload } = JSON.parse(line) as {
    send: number;
    end: number;
    frequency: number;
    payload: string;
  };
  return { start: send, end, frequency, payload: Buffer.from(payload, "hex") };
}
