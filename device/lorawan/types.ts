/** What the link needs from the rest of the node. Everything is handed in, so that the same MAC runs under XS and in a Node test. */

/** How a LoRa packet is sent or listened for. */
export interface Modulation {
  /** Hz */
  frequency: number;
  /** 7..12 */
  spreadingFactor: number;
  /** Hz: 125000, 250000 or 500000 */
  bandwidth: number;
}

/** The radio as the MAC sees it; `device/lorawan/radio.ts` makes one of `native/lora`. */
export interface LinkRadio {
  /** Sends one uplink at `power` dBm EIRP. Resolves with the clock's time in ms at which the last symbol ended. */
  transmit(payload: Uint8Array, modulation: Modulation, power: number): Promise<number>;
  /** Listens for a downlink's preamble for `symbols` symbols from the clock's time `at` (ms), and then for the whole packet. */
  receive(modulation: Modulation, at: number, symbols: number): Promise<ReceivedPacket | undefined>;
  /** ms on the air of `bytes` bytes: explicit header, CRC, coding rate 4/5, 8 symbols of preamble. */
  airtime(modulation: Modulation, bytes: number): number;
  /** 32 random bits of the radio's noise. */
  random(): number;
  /** Lowest power until the next call. */
  sleep(): void;
  /** True when no signal above `threshold` dBm was heard for `ms`; only regions that listen before they talk ask. */
  channelFree?(frequency: number, threshold: number, ms: number): Promise<boolean>;
}

export interface ReceivedPacket {
  payload: Uint8Array;
  /** dBm */
  rssi: number;
  /** dB */
  snr: number;
}

/** AES-128 of `native/lora`; `key` is 16 bytes. */
export interface LinkCrypto {
  /** Encrypts one 16-byte block of `data` in place, at `offset`. */
  encryptBlock(key: Uint8Array, data: Uint8Array, offset: number): void;
  /** AES-CMAC (RFC 4493) of the first `length` bytes of `data` into the 16 bytes `out`. */
  cmac(key: Uint8Array, data: Uint8Array, length: number, out: Uint8Array): void;
}

/** Time that never goes backwards while the node has power; it may start again from 0 after a power cut, and keeps on through deep sleep. */
export interface LinkClock {
  /** ms */
  now(): number;
  /** Resolves at the clock's time `at` (ms), or at once when that is past. */
  until(at: number): Promise<void>;
}

/** NOR flash as the SDK's `flash` module gives it: erase sets a block to 0xFF, write only clears bits. */
export interface SessionFlash {
  readonly byteLength: number;
  readonly blockSize: number;
  read(offset: number, byteLength: number): ArrayBuffer;
  write(offset: number, byteLength: number, buffer: ArrayBuffer): void;
  erase(block: number): void;
}

export type RegionName =
  "EU868" | "US915" | "AU915" | "AS923-1" | "AS923-2" | "AS923-3" | "AS923-4" | "IN865" | "KR920";

/** Keys and identifiers are hexadecimal text, most significant byte first, as network servers show them. */
export interface OtaaCredentials {
  devEui: string;
  joinEui: string;
  appKey: string;
}

export interface AbpCredentials {
  devAddr: string;
  nwkSKey: string;
  appSKey: string;
}

export interface LinkOptions {
  radio: LinkRadio;
  crypto: LinkCrypto;
  clock: LinkClock;
  flash: SessionFlash;
  region: RegionName;
  credentials: OtaaCredentials | AbpCredentials;
  /** Let the network choose data rate and power; default true. */
  adr?: boolean;
  /** Data rate before the network chooses; default: the region's slowest. */
  dataRate?: number;
  /** Largest error of the node's clock; windows open that much earlier and stay open that much longer. Default 20 ppm. */
  clockErrorPpm?: number;
  /** Further uncertainty of when a window opens, ms (timer granularity); default 2. */
  timingErrorMs?: number;
  /** Antenna gain over isotropic in dB, subtracted from the radiated power; default 0. */
  antennaGain?: number;
  /** The bank of eight channels that the network listens to, for US915 and AU915 (1..8); default: all. */
  subBand?: number;
  /** Uplinks without any downlink after which an OTAA session is given up, so that join() makes another; 0: never; default 400, some days at a report every quarter of an hour. */
  silenceLimit?: number;
  /** False for join servers older than 1.0.4 that draw JoinNonce at random; default true: it must grow. */
  joinNonceCounter?: boolean;
  /** 0 external power, 1..254 battery level, 255 unknown. */
  battery?: () => number;
  /** Answer to requestLinkCheck: dB above the demodulation floor, and how many gateways heard it. */
  onLinkCheck?: (margin: number, gateways: number) => void;
  onDownlink?: (port: number, payload: Uint8Array, info: DownlinkInfo) => void;
  onStateChange?: (state: LinkState) => void;
  /** The network's time: seconds since 1970 (UTC) that belong to the clock's time `at` (ms). */
  onTime?: (seconds: number, at: number) => void;
  /** Everything that goes on the air, for logs and statistics; never holds keys. */
  onRadio?: (event: RadioEvent) => void;
}

export interface DownlinkInfo {
  rssi: number;
  snr: number;
  /** The network has more to send: the next uplink fetches it. */
  pending: boolean;
  counter: number;
}

export interface RadioEvent {
  kind: "join" | "uplink" | "downlink";
  /** Clock's time in ms of the end of the packet. */
  at: number;
  frequency: number;
  dataRate: number;
  bytes: number;
  /** ms on the air */
  airtime: number;
  /** DevNonce for a join, frame counter otherwise. */
  counter: number;
}

export type LinkState = "idle" | "joining" | "joined" | "exhausted";

/** What became of a payload. */
export type SendResult =
  /** It was on the air; for a confirmed one, `acknowledged` says whether the network answered. */
  | { sent: true; acknowledged: boolean; counter: number; transmissions: number; dataRate: number }
  /** Nothing was transmitted. */
  | {
      sent: false;
      reason: Refusal;
      /** The clock's time (ms) from which it may be sent. */
      sendAt: number;
      maxPayload: number;
    };

/**
 * dutyCycle: not before `sendAt`; channelBusy: somebody else talks (regions that listen before they talk), try at `sendAt`;
 * tooLong: `maxPayload` bytes fit now; notJoined: call join(); busy: another send or join is under way;
 * exhausted: the frame counter is used up and an ABP session cannot be renewed.
 */
export type Refusal = "dutyCycle" | "channelBusy" | "tooLong" | "notJoined" | "busy" | "exhausted";

export interface SendOptions {
  /** Ask the network for an acknowledgement; default false. */
  confirmed?: boolean;
}
