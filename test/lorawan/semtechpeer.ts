import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";

/**
 * The other end of the packet forwarder's protocol: raw bytes, written from PROTOCOL.TXT of Lora-net/packet_forwarder alone, with nothing of the
 * code under test.
 */
export class Peer {
  readonly socket: Socket = createSocket("udp4");
  gateway!: RemoteInfo;
  #heard: Buffer[] = [];
  #wake = () => {};

  async open(): Promise<number> {
    this.socket.on("message", (bytes, from) => {
      this.gateway = from;
      this.#heard.push(bytes);
      this.#wake();
    });
    this.socket.bind(0, "127.0.0.1");
    await once(this.socket, "listening");
    return this.socket.address().port;
  }

  /** The next datagram of this identifier (byte 3). */
  async next(identifier: number): Promise<Buffer> {
    for (;;) {
      const index = this.#heard.findIndex((bytes) => bytes[3] === identifier);
      if (index >= 0) return this.#heard.splice(index, 1)[0]!;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  send(bytes: Buffer): void {
    this.socket.send(bytes, this.gateway.port, this.gateway.address);
  }

  /** Sends a PULL_RESP. @returns the TX_ACK's datagram, and the error in it */
  async respond(txpk: unknown, token = 0): Promise<{ ack: Buffer; error: string }> {
    const head = Buffer.of(2, token & 255, token >> 8, PULL_RESP);
    this.send(Buffer.concat([head, Buffer.from(JSON.stringify({ txpk }))]));
    const ack = await this.next(TX_ACK);
    const { txpk_ack } = JSON.parse(ack.toString("utf8", 12)) as { txpk_ack: { error: string } };
    return { ack, error: txpk_ack.error };
  }
}

/** The gateway's EUI in these tests. */
export const eui = "aa555a0000000101";
/** Identifiers of the datagrams. */
export const PUSH_DATA = 0x00,
  PUSH_ACK = 0x01,
  PULL_DATA = 0x02,
  PULL_RESP = 0x03,
  PULL_ACK = 0x04,
  TX_ACK = 0x05;
