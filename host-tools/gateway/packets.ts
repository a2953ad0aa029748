import module from "lora-packet";

/** lora-packet is CommonJS: Node hands over the module, its types promise a default export in it. */
export const loraPacket = module as unknown as typeof module.default;

export type LoraPacket = ReturnType<typeof loraPacket.fromWire>;

export interface SessionKeys {
  devAddr: Buffer;
  nwkSKey: Buffer;
  appSKey: Buffer;
}

export interface DownlinkFields {
  counter: number;
  confirmed: boolean;
  ack: boolean;
  pending: boolean;
  adr: boolean;
  options: Buffer;
  /** undefined: no port, no payload */
  port?: number;
  payload: Buffer;
}

/** The upper 16 bits of the FCnt as lora-packet expects them: little-endian. */
function upperHalf(counter: number): Buffer {
  return Buffer.from([(counter >>> 16) & 0xff, counter >>> 24]);
}

/** Parses a PHYPayload; undefined when it is too short or of an unknown type. */
export function readPacket(bytes: Uint8Array): LoraPacket | undefined {
  try {
    const packet = loraPacket.fromWire(Buffer.from(bytes));
    return packet.MIC?.length === 4 && (!packet.isDataMessage() || bytes.length >= 12) ? packet : undefined;
  } catch {
    return undefined;
  }
}

export function encodeDownlink(keys: SessionKeys, fields: DownlinkFields): Buffer {
  const packet = loraPacket.fromFields({
    MType: fields.confirmed ? 5 : 3,
    DevAddr: keys.devAddr,
    FCnt: fields.counter & 0xffff,
    FCtrl: { ADR: fields.adr, ACK: fields.ack, FPending: fields.pending },
    FOpts: fields.options,
    FPort: fields.port,
    payload: fields.payload,
  });
  const msb = upperHalf(fields.counter);
  if (fields.port !== undefined && fields.payload.length > 0) {
    // lora-packet itself uses NwkSKey for port 0.
    const ciphertext = loraPacket.decrypt(packet, keys.appSKey, keys.nwkSKey, msb);
    ciphertext.copy(packet.PHYPayload!, packet.PHYPayload!.length - 4 - ciphertext.length);
  }
  const onAir = loraPacket.fromWire(packet.PHYPayload!);
  const mic = loraPacket.calculateMIC(onAir, keys.nwkSKey, undefined, msb);
  return Buffer.concat([packet.PHYPayload!.subarray(0, -4), mic]);
}

export interface JoinAcceptFields {
  joinNonce: number;
  netId: Buffer;
  devAddr: Buffer;
  rx1Offset: number;
  rx2DataRate: number;
  rxDelay: number;
  channelList?: Buffer;
}

export function encodeJoinAccept(appKey: Buffer, fields: JoinAcceptFields): Buffer {
  const packet = loraPacket.fromFields(
    {
      MType: 1,
      AppNonce: uint24(fields.joinNonce),
      NetID: fields.netId,
      DevAddr: fields.devAddr,
      DLSettings: Buffer.from([(fields.rx1Offset << 4) | fields.rx2DataRate]),
      RxDelay: Buffer.from([fields.rxDelay]),
      CFList: fields.channelList,
    },
    undefined,
    undefined,
    appKey,
  );
  // The ciphertext was written through MACPayloadWithMIC, which shares PHYPayload's memory.
  return packet.PHYPayload!;
}

export function sessionKeys(
  appKey: Buffer,
  joinNonce: number,
  netId: Buffer,
  devNonce: Buffer,
): { nwkSKey: Buffer; appSKey: Buffer } {
  const keys = loraPacket.generateSessionKeys10(appKey, netId, uint24(joinNonce), devNonce);
  return { nwkSKey: keys.NwkSKey, appSKey: keys.AppSKey };
}

export function micMatches(packet: LoraPacket, nwkSKey: Buffer, counter: number): boolean {
  return loraPacket.verifyMIC(packet, nwkSKey, undefined, upperHalf(counter));
}

export function decryptPayload(packet: LoraPacket, keys: SessionKeys, counter: number): Buffer {
  return packet.FRMPayload && packet.FRMPayload.length > 0
    ? loraPacket.decrypt(packet, keys.appSKey, keys.nwkSKey, upperHalf(counter))
    : Buffer.alloc(0);
}

function uint24(value: number): Buffer {
  return Buffer.from([value >>> 16, (value >>> 8) & 0xff, value & 0xff]);
}
