import type { Air, GatewayPort, Position } from "../air/index.js";
import type { NetworkServer } from "./networkserver.js";
import { PacketForwarder } from "./semtech/forwarder.js";
import type { GatewayDownlink } from "./types.js";

/** ServerOptions.collect for gateways in the simulated air: every copy of an uplink arrives within a millisecond, and the simulated clock waits meanwhile. */
export function collectInAir(air: Air): (run: () => Promise<void>) => void {
  return (run) => air.at(air.now + 1000, run);
}

/** Adds a gateway to the simulated air, connected to our own network server. @param losesDownlinks whether what it is given to send is lost now; default: never */
export function attachGateway(
  air: Air,
  server: NetworkServer,
  id: string,
  position?: Position,
  ppm = 0,
  losesDownlinks: () => boolean = () => false,
): GatewayPort {
  const port = air.addGateway({
    id,
    position,
    ppm,
    // Not awaited: other gateways' copies come at the same time, and the server answers when it has all of them (collectInAir).
    onPacket: ({ end, frequency, sf, bandwidth, payload }, { rssi, snr }) =>
      void server.receive({ gateway: id, time: end, arrived: air.now, frequency, sf, bandwidth, rssi, snr, payload }),
  });
  server.addGateway({ id, transmit: (downlink) => losesDownlinks() || send(port, downlink) });
  return port;
}

export interface ForwarderOptions {
  /** "HOST:PORT" of a real network server. */
  server: string;
  /** Sixteen hexadecimal digits. */
  eui: string;
  position?: Position;
  /** Error of the gateway's clock and carrier, ppm. Default 0. */
  ppm?: number;
  /** Seconds since 1970 at which the air's clock was 0: the gateway has GPS, and says when a packet came. */
  epoch?: number;
  /** Lowest and highest frequency of downlinks, Hz; default: the radio's range. */
  range?: readonly [low: number, high: number];
  /** Real ms that the air's clock waits after each uplink for the server's answer; default 600: servers wait 200 for other gateways' copies. */
  serverWaitMs?: number;
  /** Resolves when the server has done what it had to do until then: it may be slower than `serverWaitMs` on a machine that stalls. Default: at once. */
  serverDone?: () => Promise<unknown>;
}

/** Adds a gateway to the simulated air, connected to a real network server by the Semtech UDP protocol. @throws UserError */
export async function attachForwarder(
  air: Air,
  {
    server,
    eui,
    position,
    ppm,
    epoch,
    range,
    serverWaitMs = 600,
    serverDone = () => Promise.resolve(),
  }: ForwarderOptions,
): Promise<PacketForwarder> {
  let answered = () => {};
  const port = air.addGateway({
    id: eui,
    position,
    ppm,
    onPacket: async ({ end, frequency, sf, bandwidth, payload }, { rssi, snr }) => {
      // The server runs in real time: the simulation waits until it has answered, or for `serverWaitMs`.
      const answer = new Promise<void>((resolve) => {
        answered = resolve;
        setTimeout(() => void serverDone().then(() => resolve(), resolve), serverWaitMs);
      });
      await forwarder.push(
        {
          time: end,
          ...(epoch !== undefined && { unixTime: epoch + air.now / 1e6 }),
          frequency,
          sf,
          bandwidth,
          rssi,
          snr,
          payload,
        },
        serverWaitMs,
      );
      await answer;
    },
  });
  const forwarder = new PacketForwarder({
    server,
    eui,
    range,
    now: () => port.now(),
    transmit: (downlink) => {
      const sent = send(port, downlink);
      answered();
      return sent ? "NONE" : "COLLISION_PACKET";
    },
  });
  await forwarder.start();
  return forwarder;
}

function send(port: GatewayPort, { time, invertIQ = true, crc = false, ...packet }: GatewayDownlink): boolean {
  return port.transmit(time, { ...packet, invertIQ, crc });
}
