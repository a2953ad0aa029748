import type { LinkOptions, RadioEvent } from "../../device/lorawan/types.js";
import type { LoRaWAN } from "../../device/lorawan/lorawan.js";
import { loraPacket, decryptPayload } from "../../host-tools/gateway/packets.js";
import { NorFlash } from "../flash/norflash.js";
import { World, abp, otaa, type WorldOptions } from "./simulation.js";

export const keys = {
  devAddr: Buffer.from(abp.devAddr, "hex"),
  nwkSKey: Buffer.from(abp.nwkSKey, "hex"),
  appSKey: Buffer.from(abp.appSKey, "hex"),
};

export interface Rig {
  world: World;
  link: LoRaWAN;
  flash: NorFlash;
  events: RadioEvent[];
  /** MAC commands of the n-th uplink from the end (0: the last), hexadecimal: its FOpts, or its payload on port 0. */
  answers(back?: number): string;
  /** Queues the requests, lets a confirmed uplink fetch them and one more carry the answers. @returns those answers */
  ask(requests: string): Promise<string>;
  send(bytes?: number, confirmed?: boolean): ReturnType<LoRaWAN["send"]>;
}

export function rig(options: Partial<LinkOptions> = {}, worldOptions: WorldOptions = {}): Rig {
  const region = options.region ?? "EU868";
  const world = new World(region, { adr: false, ...worldOptions });
  world.server.addDevice({ devEui: otaa.devEui, ...abp });
  const flash = new NorFlash();
  const { link, events } = world.node({ region, credentials: abp, flash, dataRate: 5, antennaGain: 0, ...options });
  const answers = (back = 0) => {
    const packet = loraPacket.fromWire(Buffer.from(world.uplinksOnAir.at(-1 - back)!.payload));
    const counter = packet.getFCnt()!;
    return (packet.getFPort() === 0 ? decryptPayload(packet, keys, counter) : packet.FOpts!).toString("hex");
  };
  const send = (bytes = 1, confirmed = false) => world.time.during(link.send(1, Buffer.alloc(bytes), { confirmed }));
  const ask = async (requests: string) => {
    world.server.sendCommands(otaa.devEui, Buffer.from(requests, "hex"));
    await send(1, true);
    await send();
    return answers();
  };
  return { world, link, flash, events, answers, ask, send };
}
