/** A node's frames, and a gateway that forwards them over UDP: the real protocol, with what the node says decided by the test. */
import { decodeDataFrame, encodeDataFrame, type DataFrame } from "../../device/lorawan/frames.js";
import { Security } from "../../device/lorawan/security.js";
import { PacketForwarder } from "../../host-tools/gateway/semtech/forwarder.js";
import type { GatewayDownlink } from "../../host-tools/gateway/types.js";
import { nodeCrypto } from "../lorawan/nodecrypto.js";

const security = new Security(nodeCrypto);

export interface Abp {
  devAddr: string;
  nwkSKey: string;
  appSKey: string;
}

const keysOf = ({ devAddr, nwkSKey, appSKey }: Abp) => ({
  devAddr: Buffer.from(devAddr, "hex").readUInt32BE(),
  nwkSKey: Buffer.from(nwkSKey, "hex"),
  appSKey: Buffer.from(appSKey, "hex"),
});

/** A confirmed uplink. */
export function confirmedUplink(abp: Abp, counter: number, port: number, payload: Uint8Array): Uint8Array {
  const { devAddr, nwkSKey, appSKey } = keysOf(abp);
  const frame: DataFrame = { type: 4, devAddr, control: 0, counter, options: Buffer.alloc(0), port, payload };
  return encodeDataFrame(security, nwkSKey, appSKey, frame);
}

export interface HeardDownlink extends DataFrame {
  /** µs after the end of the uplink, on the gateway's clock. */
  after: number;
}

/** One gateway; it says what goes out, in order. */
export class Gateway {
  readonly downlinks: GatewayDownlink[] = [];
  #forwarder: PacketForwarder;
  #waiting: (() => void)[] = [];
  #time = 1e6;

  private constructor(port: number, eui: string) {
    this.#forwarder = new PacketForwarder({
      server: `127.0.0.1:${port}`,
      eui,
      now: () => this.#time,
      transmit: (downlink) => {
        this.downlinks.push(downlink);
        for (const resolve of this.#waiting.splice(0)) resolve();
        return "NONE";
      },
    });
  }

  static async start(port: number, eui = "aa555a0000000101"): Promise<Gateway> {
    const gateway = new Gateway(port, eui);
    await gateway.#forwarder.start();
    return gateway;
  }

  /** Forwards a frame. @returns what the node hears in answer; undefined: nothing within `wait` ms */
  async ask(frame: Uint8Array, abp: Abp, wait = 5000): Promise<HeardDownlink | undefined> {
    // A minute later, for the gateway's duty cycle.
    const time = (this.#time += 60e6);
    const heard = this.downlinks.length;
    const link = { frequency: 868_100_000, sf: 7, bandwidth: 125_000, rssi: -60, snr: 8 };
    await this.#forwarder.push({ time, ...link, payload: frame }, wait);
    const until = Date.now() + wait;
    while (this.downlinks.length === heard && Date.now() < until)
      await Promise.race([
        new Promise<void>((resolve) => this.#waiting.push(resolve)),
        new Promise<void>((resolve) => setTimeout(resolve, until - Date.now())),
      ]);
    const downlink = this.downlinks[heard];
    if (!downlink) return undefined;
    const { nwkSKey, appSKey } = keysOf(abp);
    const counter = Buffer.from(downlink.payload).readUInt16LE(6);
    const decoded = decodeDataFrame(security, nwkSKey, appSKey, downlink.payload, counter);
    return decoded && { ...decoded, after: downlink.time - time };
  }

  close(): void {
    this.#forwarder.close();
  }
}
