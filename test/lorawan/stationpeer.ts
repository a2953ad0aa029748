import { once } from "node:events";
import type { ClientRequestArgs, IncomingMessage } from "node:http";
import { WebSocket, type ClientOptions } from "ws";

/** The router's EUI in these tests. */
export const eui = "aa555a0000000101";

export type Message = Record<string, unknown>;

/** What of an uplink is not in its frame. */
export interface Reception {
  DR: number;
  Freq: number;
  /** Decimal digits: it has more than 53 bits. */
  xtime: string;
  rctx?: string;
  gpstime?: string;
  rssi?: number;
  snr?: number;
}

const hyphens = (bytes: Buffer): string => bytes.toString("hex").toUpperCase().match(/../g)!.join("-");

/** A LoRaWAN frame as a station says it ("The LNS Protocol", section "Receiving Uplink Frames"): its fields, all of them little-endian, numbers signed. */
function fieldsOf(frame: Buffer): Message {
  const kind = frame[0]! >> 5;
  const MIC = frame.readInt32LE(frame.length - 4);
  if (kind === 7) return { msgtype: "propdf", FRMPayload: frame.toString("hex").toUpperCase() };
  if (kind === 0)
    return {
      msgtype: "jreq",
      MHdr: frame[0],
      JoinEui: hyphens(Buffer.from(frame.subarray(1, 9)).reverse()),
      DevEui: hyphens(Buffer.from(frame.subarray(9, 17)).reverse()),
      DevNonce: frame.readUInt16LE(17),
      MIC,
    };
  const options = 8 + (frame[5]! & 15);
  const hasPort = options < frame.length - 4;
  return {
    msgtype: "updf",
    MHdr: frame[0],
    DevAddr: frame.readInt32LE(1),
    FCtrl: frame[5],
    FCnt: frame.readUInt16LE(6),
    FOpts: frame.subarray(8, options).toString("hex").toUpperCase(),
    FPort: hasPort ? frame[options] : -1,
    FRMPayload: (hasPort ? frame.subarray(options + 1, -4) : Buffer.alloc(0)).toString("hex").toUpperCase(),
    MIC,
  };
}

/** An uplink's text. */
export function uplink(frame: Uint8Array, reception: Reception, more: Message = {}): string {
  const { DR, Freq, xtime, rctx = "0", gpstime = "0", rssi = -60, snr = 8.25 } = reception;
  const fields = JSON.stringify({ ...fieldsOf(Buffer.from(frame)), RefTime: 0, DR, Freq, ...more });
  const upinfo = `{"rctx":${rctx},"xtime":${xtime},"gpstime":${gpstime},"fts":-1,"rssi":${rssi},"snr":${snr},"rxtime":1700000000.5}`;
  return `${fields.slice(0, -1)},"upinfo":${upinfo}}`;
}

/** The text of a message's number, all of its digits. */
export const digitsOf = (text: string, name: string): string =>
  new RegExp(`"${name}":(-?\\d+)`).exec(text)?.[1] ?? "none";

type Options = ClientOptions & ClientRequestArgs;

/** A station, written from the protocol's documentation with nothing of the code under test: texts over a WebSocket. */
export class Station {
  readonly socket: WebSocket;
  readonly heard: string[] = [];
  /** The code with which the server has closed the connection. */
  readonly closed: Promise<number>;
  #wake = () => {};

  constructor(url: string, options: Options = {}) {
    this.socket = new WebSocket(url, options);
    this.socket.on("message", (data) => {
      this.heard.push((data as Buffer).toString("utf8"));
      this.#wake();
    });
    this.socket.on("error", () => undefined);
    this.closed = new Promise((resolve) =>
      this.socket.on("close", (code) => {
        resolve(code);
        this.#wake();
      }),
    );
  }

  async open(): Promise<this> {
    await Promise.race([
      once(this.socket, "open"),
      once(this.socket, "unexpected-response").then(([, response]) => {
        throw new Error(`HTTP ${(response as IncomingMessage).statusCode}`);
      }),
    ]);
    return this;
  }

  send(message: Message | string): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** The next message of this type, its text. */
  async next(msgtype: string): Promise<string> {
    for (;;) {
      const index = this.heard.findIndex((text) => (JSON.parse(text) as Message)["msgtype"] === msgtype);
      if (index >= 0) return this.heard.splice(index, 1)[0]!;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`closed before ${msgtype}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Says what a station says first. @returns router_config */
  async configure(protocol: unknown = 2): Promise<Message> {
    const features = "rmtsh prod";
    this.send({
      msgtype: "version",
      station: "2.0.6",
      firmware: null,
      package: null,
      model: "linux",
      protocol,
      features,
    });
    return JSON.parse(await this.next("router_config")) as Message;
  }
}

/** Asks where to connect. */
export async function discover(port: number, router: unknown, options?: Options, scheme = "ws"): Promise<Message> {
  const station = await new Station(`${scheme}://localhost:${port}/router-info`, options).open();
  station.send(typeof router === "string" && router.startsWith("{") ? router : { router });
  await station.closed;
  return JSON.parse(station.heard[0]!) as Message;
}
