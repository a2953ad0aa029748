// Slow: weeks of simulated time
import { registrationOf } from "../../host-tools/node/registration.js";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { decodeUplink, ports, type UplinkPayload } from "../../device/codec/codec.js";
import { Air } from "../../host-tools/air/index.js";
import { attachGateway, collectInAir } from "../../host-tools/gateway/airgateway.js";
import { ClockServer } from "../../host-tools/gateway/clockserver.js";
import { NetworkServer } from "../../host-tools/gateway/networkserver.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import type { NodeConfig } from "../../device/config.js";
import { buildHost, exitCodes, runHost } from "../../host-tools/xs/index.js";

const folder = path.join(buildRoot, "test", `time-${process.pid}`);
mkdirSync(folder, { recursive: true });
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** The true time at the node's first boot. */
const epoch = Date.UTC(2026, 5, 1) / 1000;
const config = JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8")) as NodeConfig;

interface Received {
  /** Seconds since the first boot. */
  at: number;
  payload: UplinkPayload;
}

/** The node's whole firmware on a board whose clock starts in 1970 (here at 5 s), before a network that knows the time. */
class World {
  readonly received: Received[] = [];
  readonly air = new Air();
  /** Whether downlinks go out. */
  answers = true;
  readonly #gateway;

  /** @param ppm how fast the node's clock is @param deviceTime whether the network answers DeviceTimeReq; else its server does, AppTimeReq */
  constructor(
    readonly ppm = 0,
    deviceTime = true,
  ) {
    const server: NetworkServer = new NetworkServer({
      deviceTime,
      region: config.radio.region,
      epoch,
      collect: collectInAir(this.air),
      beforeAnswer: (uplink) => clocks?.fill(uplink),
      onUplink: (uplink) => {
        const { port, payload } = uplink;
        if (port === ports.clock) return clocks?.receive(uplink);
        this.received.push({ at: this.air.now / 1e6, payload: decodeUplink(port, payload) });
      },
    });
    const clocks = deviceTime ? undefined : new ClockServer({ server, registrations: [registrationOf(config.radio)] });
    server.addDevice(registrationOf(config.radio));
    this.#gateway = attachGateway(this.air, server, "gateway", { x: 500, y: 0 });
  }

  set isOnline(value: boolean) {
    this.#gateway.setOnline(value);
  }

  /** One boot of the node that ends when `until` seconds have passed since the first. */
  async boot(flash: string, until: number): Promise<void> {
    const finished = new AbortController();
    const program = await buildHost({ manifest: path.join(loamRoot, "test/device/time.manifest.json") });
    let ended = (): void => {};
    // The air's clock stands still until the node has ended.
    this.air.at(
      until * 1e6,
      () =>
        new Promise<void>((resolve) => {
          ended = resolve;
          finished.abort();
        }),
    );
    const peer = this.air.nodePort("node", { holdWhenEnded: true, ppm: this.ppm });
    const run = await runHost(program, {
      air: peer,
      flash: path.join(folder, flash),
      startTime: 5000,
      seed: 1,
      finish: finished.signal,
      timeoutMs: 1_200_000,
    });
    ended();
    if (run.exitCode !== exitCodes.requested) throw new Error(run.stderr);
  }

  /** Payloads of windows: others, such as of faults, have the time at which they were made. */
  get windows(): Received[] {
    return this.received.filter(({ payload: { kind } }) => kind === "report" || kind === "deferral");
  }

  /** Start of the payloads' windows in seconds since the first boot; "unknown". */
  get times(): (number | "unknown")[] {
    return this.windows.map(({ payload: { time } }) => (time === 0 ? "unknown" : time - epoch));
  }
}

/** A window begins every 900 s from the boot on. */
const isWindow = (time: number | "unknown", boot = 0): boolean =>
  time !== "unknown" && time >= 0 && (time - boot + 902) % 900 <= 4;

test("the node requests the time before it sends payloads: earlier windows get the right timestamp", async (t) => {
  const world = new World();
  await world.boot("reported.bin", 4000);
  t.true(world.received.length >= 3, `${world.received.length} payloads`);
  for (const time of world.times) t.true(isWindow(time), `times ${world.times.join(", ")}`);
  t.true(
    world.times.some((time) => Math.abs(time as number) <= 2),
    "the first window is reported",
  );
});

test("payloads made without a network are sent later: windows of this boot have timestamps, those of an earlier boot do not", async (t) => {
  const world = new World();
  world.isOnline = false;
  await world.boot("reset.bin", 2000);
  world.air.at(2000e6 + 5400e6, () => void (world.isOnline = true));
  const secondBoot = world.air.timeOf("node") / 1e6;
  await world.boot("reset.bin", 30000);
  const { times } = world;
  const unknown = times.filter((time) => time === "unknown").length;
  t.true(unknown >= 1 && unknown <= 4, `times ${times.join(", ")}`);
  for (const time of times) t.true(time === "unknown" || isWindow(time, secondBoot), `times ${times.join(", ")}`);
  const before = times.filter((time) => time !== "unknown" && time < 7000);
  t.true(before.length >= 2, `times ${times.join(", ")}`);
  // A sequence number has one timestamp, however often it is received.
  const byNumber = new Map<number, number>();
  for (const { payload } of world.received)
    t.is(byNumber.get(payload.sequence) ?? payload.time, (byNumber.set(payload.sequence, payload.time), payload.time));
});

/** Of each day the least seconds from the start of a window to its payload at the gateway: the delay by the air's clock, and the error of the node's. */
function leastDelays({ windows }: World, days: number): number[] {
  const late = windows.map(({ at, payload: { time } }) => ({ day: Math.floor(at / 86400), late: at - (time - epoch) }));
  return Array.from({ length: days }, (_, n) =>
    Math.min(...late.filter(({ day }) => day === n).map(({ late }) => late)),
  );
}

const spread = (values: number[]): number => Math.max(...values) - Math.min(...values);

for (const [ppm, days, deviceTime, most] of [
  // Without synchronization it would be 1.7 s.
  [20, 2, true, 1],
  // 2.6 s. (At 868 MHz a crystal that is off by more than 36 ppm is not received.)
  [-30, 2, false, 1],
] as const)
  // One at a time: each computes all the while.
  test.serial(
    `a clock that is off by ${ppm} ppm is synchronized by ${deviceTime ? "DeviceTimeReq" : "AppTimeReq"}`,
    async (t) => {
      t.timeout(1_200_000);
      const world = new World(ppm, deviceTime);
      await world.boot(`drift${ppm}.bin`, days * 86400);
      t.true(world.received.length > 4 * days, `${world.received.length} payloads`);
      t.true(world.times.every((time) => time !== "unknown"));
      const least = leastDelays(world, days);
      const text = `least delays of the days: ${least.map((seconds) => seconds.toFixed(1)).join(", ")} s`;
      t.log(text);
      t.true(spread(least) < most, text);
    },
  );
