/** Sensors on switched supplies through the sampler; prints each window's last values and faults, and what is on when. argument: the case */
import bus from "sim/i2cbus";
import { setLevel } from "sim/levels";
import pins from "sim/pins";
import { Sht3xSim } from "sim/sht3x";
import { SupplySim } from "sim/supply";
import Timer from "timer";
import Host from "host";
import type { NodeConfig, SensorPower } from "config";
import { Intake } from "intake";
import { Sampler } from "sampler";
import openSensor from "sensors";
import { Supplies } from "supplies";
import { Uptime } from "uptime";

interface Case {
  everySeconds: number;
  soil?: SensorPower;
  climate?: SensorPower;
}

const [soilPin, climatePin] = [23, 16];
const climate = { pin: climatePin, level: 0, warmUpSeconds: 2 } as const;
const cases: Record<string, Case> = {
  pulsed: { everySeconds: 40, soil: { pin: soilPin, warmUpSeconds: 0.3 }, climate },
  "slow probe": { everySeconds: 40, soil: { pin: soilPin, warmUpSeconds: 0.9 }, climate },
  gapless: { everySeconds: 10, soil: { pin: soilPin, warmUpSeconds: 0.3 }, climate },
  "short gap": { everySeconds: 12, soil: { pin: soilPin, warmUpSeconds: 3 }, climate },
  unpowered: { everySeconds: 40, climate },
  "too short": {
    everySeconds: 40,
    soil: { pin: soilPin, warmUpSeconds: 0.1 },
    climate: { ...climate, warmUpSeconds: 1 },
  },
  "one line": { everySeconds: 40, soil: { pin: climatePin, level: 0, warmUpSeconds: 0.3 }, climate },
};
const name = Host.args[0]!;
const chosen = cases[name]!;
const of = (what: string) => ({ unit: "", rate: 1, stuckSeconds: 0, name: what });
const config = {
  sensors: [
    {
      ...of("soil"),
      range: [5, 50],
      hardware: {
        chip: "capacitive",
        pin: 34,
        calibration: { dry: 0.8, wet: 0.35, dryValue: 0, wetValue: 50 },
        power: chosen.soil,
      },
    },
    ...(["temperature", "humidity"] as const).map((quantity) => ({
      ...of(quantity),
      range: [-40, 100],
      hardware: { chip: "sht3x", quantity, data: 21, clock: 22, address: 68, power: chosen.climate },
    })),
  ],
  window: { seconds: 10, everySeconds: chosen.everySeconds, frames: 1 },
  features: { statistics: [], spanSeconds: 10, spectra: [], correlations: [] },
} as unknown as NodeConfig;

const isOneLine = name === "one line";
const climateSupply = new SupplySim(climatePin, 0, 1700);
bus.attach(0x44, new Sht3xSim(), climateSupply);
// The warm-up that the probe needs; half the level means 57 %VWC more, out of its range.
setLevel(
  34,
  0.575,
  isOneLine
    ? climateSupply
    : new SupplySim(soilPin, 1, name === "slow probe" ? 850 : name === "short gap" ? 2900 : 250),
);

const print = (...values: unknown[]) => trace(`${JSON.stringify(values)}\n`);
const uptime = new Uptime();
let changes: string[] = [];
let last = "";
pins.watch(() => {
  const state = [pins.read(soilPin) ? "soil" : "", pins.read(climatePin) ? "" : "climate"].join("");
  if (state !== last) changes.push(`${Math.round(uptime.now / 10) / 100} ${(last = state)}`);
});

const intake = new Intake(config, {
  onFault: (sensor, kind, count) => print("fault", config.sensors[sensor]!.name, kind, count),
});
const supplies = new Supplies(config.sensors, uptime);
let windows = 0;
const sampler = new Sampler(
  config,
  openSensor,
  intake,
  {
    onWindow(_, isFit) {
      print(
        "window",
        isFit,
        intake.rings.map(({ data }) => Math.round(data[data.length - 1]! * 10) / 10),
      );
      print("supplies", changes);
      changes = [];
      if (++windows < 2) return;
      supplies.hold();
      Timer.set(() => Host.exit(0), 10);
    },
    onClockJump: () => {},
    onSensorError: (sensor, error) => print("error", config.sensors[sensor]!.name, String(error)),
  },
  uptime,
  supplies,
);
print("lead", supplies.lead);
sampler.start();
