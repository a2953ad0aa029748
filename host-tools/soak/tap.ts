import type { AirPeer } from "../xs/index.js";

/** A transmission of the node's simulated chip: microseconds since the program's start, by its clock; nominal frequency. */
export interface Sent {
  start: number;
  end: number;
  frequency: number;
  payload: Uint8Array;
}

const announcement = '{"send"';

/** Taps the messages of a program to the air. */
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
