/** The way to a node's UART: a serial port of this machine, or TCP, as ser2net, QEMU and loam simulate --serial give it. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { MissingTool, UserError } from "../lib/errors.js";
import { systemReason } from "../lib/systemreasons.js";

const defaultBaud = 115_200;

export type Place = { path: string; baud: number } | { host: string; port: number };

/** @param text DEVICE or DEVICE@BAUD, or HOST:PORT @throws UserError */
export function parsePlace(text: string, baud = defaultBaud): Place {
  const device = /^((?:\/|COM\d|\\\\\.\\)[^@]*)(?:@(\d+))?$/i.exec(text);
  if (device) return { path: device[1]!, baud: device[2] === undefined ? baud : Number(device[2]) };
  const tcp = /^(.+):(\d+)$/.exec(text);
  const port = Number(tcp?.[2]);
  if (!tcp || port < 1 || port > 65535)
    throw new UserError(`${text}: a serial port (/dev/ttyUSB0, COM3, with @BAUD), or HOST:PORT expected`);
  return { host: tcp[1]!.replace(/^\[(.*)\]$/, "$1"), port };
}

export const placeText = (place: Place): string =>
  "path" in place ? `${place.path} at ${place.baud} baud` : `${place.host}:${place.port}`;

/** An optional dependency: it has native code, for which the common systems have prebuilt files. */
async function serialport(): Promise<typeof import("serialport")> {
  try {
    return await import("serialport");
  } catch {
    throw new MissingTool("the npm package serialport", "npm install serialport");
  }
}

async function openDevice({ path, baud }: { path: string; baud: number }): Promise<Duplex> {
  const { SerialPort } = await serialport();
  const port = new SerialPort({ path, baudRate: baud, autoOpen: false, hupcl: false });
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  // Boards have their reset and boot lines there.
  await new Promise<void>((resolve) => port.set({ dtr: false, rts: false }, () => resolve()));
  return port;
}

async function openTcp({ host, port }: { host: string; port: number }): Promise<Duplex> {
  const socket = connect({ host, port, noDelay: true });
  try {
    await once(socket, "connect");
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket;
}

/** serialport names the port again, behind the system's reason. */
function reasonOf(error: unknown): string {
  const said = /^Error: (.+), cannot open /.exec((error as Error).message)?.[1];
  return said ? said.toLowerCase() : systemReason(error);
}

/** @throws UserError when it cannot be opened; MissingTool without the package serialport */
export async function openLine(place: Place): Promise<Duplex> {
  try {
    return await ("path" in place ? openDevice(place) : openTcp(place));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${placeText(place)} cannot be opened: ${reasonOf(error)}`);
  }
}
