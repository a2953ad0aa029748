import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import type { ExecutionContext } from "ava";
import { PacketForwarder } from "../../host-tools/gateway/semtech/forwarder.js";
import type { GatewayDownlink } from "../../host-tools/gateway/types.js";
import { loamRoot } from "../../host-tools/lib/paths.js";

const loam = path.join(loamRoot, "host-tools/bin/loam.js");

/** One run of `loam gateway`, with a gateway in front of it. */
export async function live(t: ExecutionContext, args: string[]) {
  const child = spawn(process.execPath, [loam, "gateway", "--listen", "0", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => child.kill("SIGKILL"));
  const events: Record<string, unknown>[] = [];
  let heard = () => {};
  createInterface({ input: child.stdout }).on("line", (line) => {
    events.push(JSON.parse(line) as Record<string, unknown>);
    heard();
  });
  const next = async (event: string) => {
    for (;;) {
      const at = events.findIndex((one) => one["event"] === event);
      if (at >= 0) return events.splice(at, 1)[0]!;
      await new Promise<void>((resolve) => (heard = resolve));
    }
  };
  const listening = await next("listening");
  let time = 0;
  const sent: GatewayDownlink[] = [];
  let transmitted = () => {};
  const forwarder = new PacketForwarder({
    server: `127.0.0.1:${String(listening["port"])}`,
    eui: "aa555a0000000101",
    now: () => time,
    transmit: (downlink) => (sent.push(downlink), transmitted(), "NONE"),
  });
  await forwarder.start();
  t.teardown(() => forwarder.close());
  // PULL_DATA opens the return path.
  await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    listening,
    next,
    push: (payload: Uint8Array) =>
      forwarder.push(
        { time: (time += 10e6), frequency: 868100000, sf: 7, bandwidth: 125000, rssi: -60, snr: 8, payload },
        5000,
      ),
    answer: async () => {
      while (sent.length === 0) await new Promise<void>((resolve) => (transmitted = resolve));
      return sent.shift()!;
    },
    async end(signal: "SIGKILL" | "SIGINT") {
      child.kill(signal);
      await once(child, "close");
    },
  };
}
