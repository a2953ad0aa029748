import type { Device, NetworkSession } from "./device.js";
import { encodeDownlink } from "./packets.js";

/** Bytes of FOpts. */
const maxFOpts = 15;

export interface Answering {
  /** The uplink was confirmed. */
  ack: boolean;
  /** The node needs any downlink (ADRACKReq). */
  wanted: boolean;
  /** The uplink's ADR bit. */
  adr: boolean;
  /** A LinkADRReq, when one is due. */
  steering: Buffer | undefined;
  /** Application bytes that fit the larger of the two windows. */
  room: number;
}

/**
 * The downlink that answers an uplink: acknowledgement, MAC commands, a payload. Commands that do not fit in FOpts are sent alone, on port 0. A payload that
 * is too long for the current data rate waits, and shorter ones are sent before it.
 * @returns undefined when there is nothing to send. It then counts as sent; call `settle` with whether a gateway has accepted it
 */
export function composeDownlink(
  device: Device,
  session: NetworkSession,
  { ack, wanted, adr, steering, room }: Answering,
): { bytes: Buffer; settle(sent: boolean): void } | undefined {
  const { requests, queue } = device;
  if (steering) requests.add(steering, true);
  const taken = requests.next(room);
  const commands = Buffer.concat(taken.map((request) => request.bytes));
  const alone = commands.length > maxFOpts;
  const next = alone ? undefined : queue.find(({ payload }) => payload.length + commands.length <= room);
  if (!ack && !wanted && !requests.wantsDownlink && !next && taken.length === 0) return undefined;
  const bytes = encodeDownlink(session, {
    counter: session.fCntDown,
    confirmed: next?.confirmed ?? false,
    ack,
    // FPending is not set for payloads that do not fit: the node would fetch in vain.
    pending: queue.some((other) => other !== next && other.payload.length <= room),
    adr,
    options: alone ? Buffer.alloc(0) : commands,
    port: alone ? 0 : next?.port,
    payload: alone ? commands : (next?.payload ?? Buffer.alloc(0)),
  });
  session.fCntDown++;
  requests.send(taken);
  if (next) queue.splice(queue.indexOf(next), 1);
  if (next?.confirmed) device.awaiting = next;
  const settle = (sent: boolean) => {
    if (sent) return next?.confirmed === false ? next.onDone?.(true) : undefined;
    requests.unsend(taken);
    if (!next) return;
    if (device.awaiting === next) device.awaiting = undefined;
    queue.unshift(next);
  };
  return { bytes, settle };
}
