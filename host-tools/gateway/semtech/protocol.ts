/**
 * The Semtech UDP packet-forwarder protocol, version 2 (Lora-net/packet_forwarder, PROTOCOL.TXT): datagrams between a gateway and a network
 * server. Bytes 0: version; 1-2: token; 3: kind; then the gateway's EUI (from the gateway only) and JSON.
 */
const protocolVersion = 2;
export const datagramKinds = { pushData: 0, pushAck: 1, pullData: 2, pullResp: 3, pullAck: 4, txAck: 5 } as const;
export type DatagramKind = (typeof datagramKinds)[keyof typeof datagramKinds];

/** An entry of PUSH_DATA's "rxpk". */
export interface ReceivedPacket {
  /** UTC at the packet's end, "2013-03-31T16:21:17.528002Z"; only gateways with GPS. */
  time?: string;
  /** The gateway's microsecond counter at the packet's end, 32 bits. */
  tmst: number;
  /** MHz */
  freq: number;
  chan: number;
  rfch: number;
  /** 1: CRC good. */
  stat: number;
  modu: "LORA";
  /** "SF7BW125" */
  datr: string;
  /** "4/5" */
  codr: string;
  /** dBm and dB, as the gateway has them: 0 is taken for what is no number. */
  rssi?: unknown;
  lsnr?: unknown;
  size: number;
  /** Base64. */
  data: string;
}

/** PULL_RESP's "txpk". */
export interface TransmitPacket {
  imme?: boolean;
  tmst?: number;
  /** Milliseconds of GPS time; for gateways with GPS. */
  tmms?: number;
  freq: number;
  rfch?: number;
  /** dBm */
  powe?: number;
  modu: string;
  datr: string;
  codr?: string;
  ipol?: boolean;
  prea?: number;
  ncrc?: boolean;
  size: number;
  data: string;
}

/** PUSH_DATA's "stat"; counts since the last one. */
export interface GatewayStatus {
  time: string;
  rxnb: number;
  rxok: number;
  rxfw: number;
  ackr: number;
  dwnb: number;
  txnb: number;
}

/** TX_ACK's "error"; NONE: accepted. */
export type TransmitError =
  "NONE" | "TOO_LATE" | "TOO_EARLY" | "COLLISION_PACKET" | "COLLISION_BEACON" | "TX_FREQ" | "TX_POWER" | "GPS_UNLOCKED";

export interface Datagram {
  kind: DatagramKind;
  token: number;
  /** Eight bytes, from a gateway only. */
  eui: Buffer | undefined;
  json: unknown;
}

const fromGateway: readonly DatagramKind[] = [datagramKinds.pushData, datagramKinds.pullData, datagramKinds.txAck];

export function encodeDatagram(kind: DatagramKind, token: number, eui?: Buffer, json?: unknown): Buffer {
  const head = Buffer.from([protocolVersion, token & 0xff, token >> 8, kind]);
  return Buffer.concat([
    head,
    ...(eui ? [eui] : []),
    ...(json === undefined ? [] : [Buffer.from(JSON.stringify(json))]),
  ]);
}

/** Undefined for a datagram of another protocol. */
export function decodeDatagram(bytes: Buffer): Datagram | undefined {
  if (bytes.length < 4 || bytes[0] !== protocolVersion) return undefined;
  const kind = bytes[3] as DatagramKind;
  if (kind > datagramKinds.txAck) return undefined;
  const hasEui = fromGateway.includes(kind);
  if (hasEui && bytes.length < 12) return undefined;
  const text = bytes.toString("utf8", hasEui ? 12 : 4).trim();
  try {
    return {
      kind,
      token: bytes.readUInt16LE(1),
      eui: hasEui ? bytes.subarray(4, 12) : undefined,
      json: text ? (JSON.parse(text) as unknown) : undefined,
    };
  } catch {
    return undefined;
  }
}

/** "SF7BW125" */
export function formatDataRate(sf: number, bandwidth: number): string {
  return `SF${sf}BW${bandwidth / 1000}`;
}

export function parseDataRate(text: unknown): { sf: number; bandwidth: number } | undefined {
  const match = typeof text === "string" ? /^SF([5-9]|1[0-2])BW(125|250|500)$/.exec(text) : null;
  return match ? { sf: Number(match[1]), bandwidth: Number(match[2]) * 1000 } : undefined;
}
