/** The UART of a simulated node as a TCP port, as ser2net has a real one: at most one host at a time, and another one takes the first one's place. */
import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { UserError } from "../lib/errors.js";
import { systemReason } from "../lib/systemreasons.js";
import type { SerialPeer } from "../xs/index.js";

const host = "127.0.0.1";
/** Bytes of one message (serialStream.h). */
const most = 255;

export interface SerialPort extends SerialPeer {
  readonly port: number;
  close(): void;
}

/** @param port 0: any @throws UserError when it is taken */
export async function listenForSerial(port: number): Promise<SerialPort> {
  let stream: Duplex | undefined;
  let connected: Socket | undefined;
  const send = (message: Uint8Array): void => void (stream?.writable && stream.write(message));
  const say = (): void => send(Uint8Array.of(0, connected ? 1 : 0));
  const server = createServer((socket) => {
    connected?.destroy();
    connected = socket;
    socket.setNoDelay();
    say();
    socket.on("data", (data) => {
      for (let at = 0; at < data.length; at += most) {
        const part = data.subarray(at, at + most);
        send(Uint8Array.of(part.length, ...part));
      }
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      if (connected !== socket) return;
      connected = undefined;
      say();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new UserError(`TCP port ${port} on ${host}: ${systemReason(error)}`)));
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    attach(opened) {
      stream = opened;
      opened.on("data", (data: Buffer) => connected?.write(data));
      // The program has ended.
      opened.on("error", () => opened.destroy());
      say();
    },
    close() {
      connected?.destroy();
      server.close();
      stream?.destroy();
    },
  };
}
