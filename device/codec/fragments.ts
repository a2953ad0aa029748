/** Messages of TS004-2.0.0 (Fragmented Data Block Transport), between the node and whoever sends it a package. Numbers are little-endian. Pure, used by the node and by the tools. */

/** PackageVersionAns: identifier and version of this package of LoRaWAN's application layer. */
export const fragmentationPackage = { identifier: 3, version: 2 } as const;

/** What this data block is: a package of loam, format 1. */
export const packageDescriptor = [0x4c, 0x50, 1, 0] as const;

const id = { version: 0, status: 1, setup: 2, delete: 3, received: 4, fragment: 8 } as const;

/** FragIndex and the lower 14 bits. */
const maxFragments = 0x3fff;
export const setupBytes = 16;
/** Of a message beside the fragment. */
export const fragmentHead = 3;

/** FragSessionSetupReq. */
export interface FragmentSetup {
  /** FragIndex, 0 to 3. */
  index: number;
  /** NbFrag: without redundancy. */
  count: number;
  /** FragSize: bytes of each. */
  size: number;
  /** FragAlgo; 0: the standard's parity matrix. */
  algorithm: number;
  /** AckReception: FragDataBlockReceivedReq is wanted. */
  isAcknowledged: boolean;
  /** 0 to 7; for multicast. */
  blockAckDelay: number;
  /** McGroupBitMask; 0: unicast only. */
  groups: number;
  /** Zeros at the end of the last fragment. */
  padding: number;
  descriptor: Uint8Array;
  /** SessionCnt: higher than that of any session before. */
  counter: number;
  mic: Uint8Array;
}

/** Bytes of the data block. */
export const blockBytes = ({ count, size, padding }: FragmentSetup): number => count * size - padding;

/** Why a session is not set up: bits of FragSessionSetupAns. */
export const setupRefusals = {
  algorithm: 1,
  memory: 2,
  index: 4,
  descriptor: 8,
  replay: 16,
} as const;

export type FragmentRequest =
  | { command: "version" }
  /** `isForAll`: also those that miss nothing answer. */
  | { command: "status"; index: number; isForAll: boolean }
  | { command: "setup"; setup: FragmentSetup }
  | { command: "delete"; index: number }
  | { command: "received"; index: number }
  | { command: "fragment"; index: number; number: number; data: Uint8Array };

export type FragmentAnswer =
  | { command: "version"; identifier: number; version: number }
  | { command: "status"; exists: false }
  | {
      command: "status";
      exists: true;
      index: number;
      /** All that have come, also twice. */
      received: number;
      /** 255: 255 or more. */
      missing: number;
      isMicWrong: boolean;
      isMemoryExceeded: boolean;
    }
  /** `refusals`: bits of `setupRefusals`; 0: it is set up. */
  | { command: "setup"; index: number; refusals: number }
  | { command: "delete"; index: number; exists: boolean }
  | { command: "received"; index: number; isMicWrong: boolean };

export function encodeSetup(setup: FragmentSetup): Uint8Array {
  const { index, count, size, algorithm, isAcknowledged, blockAckDelay, groups, padding, descriptor, counter, mic } =
    setup;
  const bytes = new Uint8Array(setupBytes);
  bytes.set([
    (index << 4) | groups,
    count & 255,
    count >> 8,
    size,
    (isAcknowledged ? 0x40 : 0) | (algorithm << 3) | blockAckDelay,
    padding,
  ]);
  bytes.set(descriptor, 6);
  bytes.set([counter & 255, counter >> 8], 10);
  bytes.set(mic, 12);
  return bytes;
}

export function decodeSetup(bytes: Uint8Array): FragmentSetup {
  const session = bytes[0]!;
  const control = bytes[4]!;
  return {
    index: (session >> 4) & 3,
    groups: session & 15,
    count: bytes[1]! | (bytes[2]! << 8),
    size: bytes[3]!,
    isAcknowledged: (control & 0x40) !== 0,
    algorithm: (control >> 3) & 7,
    blockAckDelay: control & 7,
    padding: bytes[5]!,
    descriptor: bytes.slice(6, 10),
    counter: bytes[10]! | (bytes[11]! << 8),
    mic: bytes.slice(12, 16),
  };
}

/** @throws RangeError for a number of a fragment beyond 14 bits */
export function encodeFragmentRequest(request: FragmentRequest): Uint8Array {
  switch (request.command) {
    case "version":
      return Uint8Array.of(id.version);
    case "status":
      return Uint8Array.of(id.status, (request.index << 1) | (request.isForAll ? 1 : 0));
    case "setup":
      return Uint8Array.of(id.setup, ...encodeSetup(request.setup));
    case "delete":
      return Uint8Array.of(id.delete, request.index);
    case "received":
      return Uint8Array.of(id.received, request.index);
    case "fragment": {
      const { index, number, data } = request;
      if (!(number >= 1 && number <= maxFragments)) throw new RangeError(`fragment ${number}: 1 to 16,383 expected`);
      const bytes = new Uint8Array(fragmentHead + data.length);
      bytes.set([id.fragment, number & 255, (index << 6) | (number >> 8)]);
      bytes.set(data, fragmentHead);
      return bytes;
    }
  }
}

/** The commands of a downlink, up to one that is unknown or not whole. A fragment is the only one in its message. */
export function decodeFragmentRequests(bytes: Uint8Array): FragmentRequest[] {
  const requests: FragmentRequest[] = [];
  const has = (at: number, length: number): boolean => at + length < bytes.length;
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at]!;
    const param = bytes[at + 1]!;
    if (first === id.version) {
      requests.push({ command: "version" });
      at += 1;
    } else if (first === id.fragment && at === 0 && has(at, 2)) {
      const number = param | ((bytes[2]! & 0x3f) << 8);
      requests.push({ command: "fragment", index: bytes[2]! >> 6, number, data: bytes.slice(fragmentHead) });
      break;
    } else if (first === id.setup && has(at, setupBytes)) {
      requests.push({ command: "setup", setup: decodeSetup(bytes.slice(at + 1, at + 1 + setupBytes)) });
      at += 1 + setupBytes;
    } else if (first === id.status && has(at, 1)) {
      requests.push({ command: "status", index: (param >> 1) & 3, isForAll: (param & 1) !== 0 });
      at += 2;
    } else if ((first === id.delete || first === id.received) && has(at, 1)) {
      requests.push({ command: first === id.delete ? "delete" : "received", index: param & 3 });
      at += 2;
    } else break;
  }
  return requests;
}

export function encodeFragmentAnswer(answer: FragmentAnswer): Uint8Array {
  switch (answer.command) {
    case "version":
      return Uint8Array.of(id.version, answer.identifier, answer.version);
    case "status": {
      if (!answer.exists) return Uint8Array.of(id.status, 4);
      const { index, received, missing, isMicWrong, isMemoryExceeded } = answer;
      const count = Math.min(received, maxFragments);
      const status = (isMicWrong ? 2 : 0) | (isMemoryExceeded ? 1 : 0);
      return Uint8Array.of(id.status, status, count & 255, (index << 6) | (count >> 8), Math.min(missing, 255));
    }
    case "setup":
      return Uint8Array.of(id.setup, (answer.index << 6) | answer.refusals);
    case "delete":
      return Uint8Array.of(id.delete, (answer.exists ? 0 : 4) | answer.index);
    case "received":
      return Uint8Array.of(id.received, (answer.isMicWrong ? 4 : 0) | answer.index);
  }
}

/** The commands of an uplink, up to one that is unknown or not whole. */
export function decodeFragmentAnswers(bytes: Uint8Array): FragmentAnswer[] {
  const answers: FragmentAnswer[] = [];
  for (let at = 0; at + 1 < bytes.length;) {
    const first = bytes[at]!;
    const status = bytes[at + 1]!;
    const left = bytes.length - at;
    at += 2;
    if (first === id.version && left >= 3)
      answers.push({ command: "version", identifier: status, version: bytes[at++]! });
    else if (first === id.status && status & 4) answers.push({ command: "status", exists: false });
    else if (first === id.status && left >= 5) {
      const word = bytes[at]! | (bytes[at + 1]! << 8);
      answers.push({
        command: "status",
        exists: true,
        index: word >> 14,
        received: word & maxFragments,
        missing: bytes[at + 2]!,
        isMicWrong: (status & 2) !== 0,
        isMemoryExceeded: (status & 1) !== 0,
      });
      at += 3;
    } else if (first === id.setup) answers.push({ command: "setup", index: status >> 6, refusals: status & 31 });
    else if (first === id.delete) answers.push({ command: "delete", index: status & 3, exists: (status & 4) === 0 });
    else if (first === id.received)
      answers.push({ command: "received", index: status & 3, isMicWrong: (status & 4) !== 0 });
    else break;
  }
  return answers;
}
