import { checkRange, confidenceByte, openPayload, readSequence } from "./stamp.js";
import { PayloadError, payloadVersion, type Decision } from "./types.js";

const decisionBytes = 5;

export function encodeDecision(decision: Decision): Uint8Array {
  checkRange("sequence", decision.sequence, 0xffff);
  checkRange("label", decision.label, 255);
  return Uint8Array.of(
    payloadVersion << 4,
    decision.sequence >> 8,
    decision.sequence,
    decision.label,
    confidenceByte(decision.confidence),
  );
}

/** @throws PayloadError */
export function decodeDecision(bytes: Uint8Array): Decision {
  openPayload(bytes, "decision", decisionBytes);
  if (bytes[0]! & 15) throw new PayloadError(`decision: unknown flags ${bytes[0]! & 15}`);
  if (bytes.length !== decisionBytes)
    throw new PayloadError(`decision: ${bytes.length} bytes, ${decisionBytes} expected`);
  return { sequence: readSequence(bytes), label: bytes[3]!, confidence: bytes[4]! / 255 };
}
