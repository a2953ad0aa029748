/**
 * The Semtech UDP packet-forwarder protocol, versions 1 and 2 (Lora-net/packet_forwarder, PROTOCOL.TXT): datagrams between a gateway and a
 * network server. Bytes 0: version; 1-2: token; 3: kind; then the gateway's EUI (from the gateway only) and JSON. Version 1 has no TX_ACK.
 */
export type ProtocolVersion = 1 | 2;
const isVersion = (byte: number): byte is ProtocolVersion => byte === 1 || byte === 2;
export const datagramKinds = { pushData: 0, pushAck: 1, pullData: 2, pullResp: 3, pullAck: 4, txAck: 5 } as const;
export type DatagramKind = (typeof datagramKinds)[keyof typeof datagramKinds];

export interface Datagram {
  version: ProtocolVersion;
  kind: DatagramKind;
  token: number;
  /** Eight bytes, from a gateway only. */
  eui: Buffer | undefined;
  /** Undefined: there is none. */
  json: unknown;
  /** What comes after the head is not JSON. */
  isGarbled: boolean;
}

const fromGateway: readonly DatagramKind[] = [datagramKinds.pushData, datagramKinds.pullData, datagramKinds.txAck];

export function encodeDatagram(
  version: ProtocolVersion,
  kind: DatagramKind,
  token: number,
  eui?: Buffer,
  json?: unknown,
): Buffer {
  const head = Buffer.from([version, token & 0xff, token >> 8, kind]);
  return Buffer.concat([
    head,
    ...(eui ? [eui] : []),
    ...(json === undefined ? [] : [Buffer.from(JSON.stringify(json))]),
  ]);
}

/** Undefined for a datagram of another protocol. */
export function decodeDatagram(bytes: Buffer): Datagram | undefined {
  const version = bytes[0]!;
  if (bytes.length < 4 || !isVersion(version)) return undefined;
  const kind = bytes[3] as DatagramKind;
  if (kind > datagramKinds.txAck) return undefined;
  const hasEui = fromGateway.includes(kind);
  if (hasEui && bytes.length < 12) return undefined;
  const head = { version, kind, token: bytes.readUInt16LE(1), eui: hasEui ? bytes.subarray(4, 12) : undefined };
  const text = bytes.toString("utf8", hasEui ? 12 : 4).trim();
  try {
    return { ...head, json: text ? (JSON.parse(text) as unknown) : undefined, isGarbled: false };
  } catch {
    return { ...head, json: undefined, isGarbled: true };
  }
}

/** "SF7BW125" */
export function formatDataRate(sf: number, bandwidth: number): string {
  return `SF${sf}BW${bandwidth / 1000}`;
}

/** Of a text that a schema of `messages.ts` has let through. */
export function parseDataRate(text: string): { sf: number; bandwidth: number } {
  const [, sf, kilohertz] = /^SF(\d+)BW(\d+)$/.exec(text)!;
  return { sf: Number(sf), bandwidth: Number(kilohertz) * 1000 };
}
