import { PassThrough, type Readable, type Writable } from "node:stream";
import type { AirPeer } from "../../../host-tools/xs/index.js";

/** A frame as the simulated radio chip sends or receives it: encrypted, as it is on the air. Without the time, which depends on how long code takes. */
export interface Frame {
  direction: "up" | "down";
  frequency: number;
  sf: number;
  bandwidth: number;
  /** dBm, of an uplink. */
  power?: number;
  /** Hexadecimal. */
  payload: string;
}

/** Calls for each whole line of a stream, and passes the stream on. */
function watch(from: Readable, to: Writable, onLine: (line: string) => void): void {
  let rest = "";
  from.on("data", (data: Buffer) => {
    const lines = (rest + data.toString()).split("\n");
    rest = lines.pop()!;
    lines.forEach(onLine);
  });
  from.pipe(to);
  // A program that is stopped resets its pipes.
  from.on("error", () => to.end()).on("close", () => to.end());
  to.on("error", () => from.unpipe(to));
}

/** The air, with each frame between it and the program's radio chip written down: lines of host-tools/xs/sim/radio/airPort.c. */
export function withFrames(air: AirPeer, frames: Frame[]): AirPeer {
  const note = (direction: Frame["direction"], line: string): void => {
    const { frequency, sf, bandwidth, power, payload } = JSON.parse(line) as Frame;
    frames.push({ direction, frequency, sf, bandwidth, ...(power !== undefined && { power }), payload });
  };
  return {
    attach(output, input) {
      const sent = new PassThrough();
      const received = new PassThrough();
      watch(output, sent, (line) => line.startsWith('{"send":') && note("up", line));
      watch(received, input, (line) => line.includes('"payload":') && note("down", line));
      air.attach(sent, received);
    },
  };
}
