import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { scriptDefaults, type NodeConfig } from "../../device/config.js";
import { apiLevel } from "../../device/codec/package.js";
import { featureLayout } from "../../device/features/layout.js";
import { UserError } from "../lib/errors.js";
import { writeFileAtomic } from "../lib/files.js";
import { loamRoot } from "../lib/paths.js";
import { buildHost, runHost } from "../xs/index.js";
import type { StartJob } from "./start/job.js";

const step = 512;
const most = 65_536;

/** Bytes of `app.limits.bytes` that an app script needs to be started, in steps of 512: it is started in its machine on this machine. @throws UserError when 64 KB are too few */
export async function startMemory(config: NodeConfig, text: string): Promise<number> {
  const names = featureLayout(config).names;
  const job: StartJob = {
    stack: config.app.limits?.stack ?? scriptDefaults.stack,
    most: most + step,
    step,
    info: {
      level: apiLevel,
      config: { rules: config.app.rules, settings: config.app.settings },
      classes: config.classes,
      actuators: config.actuators.map(({ name }) => name),
      sensors: config.sensors.map(({ name }) => name),
      featureNames: names,
    },
    answers: {
      features: Array.from({ length: config.window.frames }, () => 0),
      actuate: true,
      isOn: false,
      now: 0,
      uptime: 0,
      link: { state: "joined", waiting: 0 },
      battery: 1,
      store: true,
      load: "",
      recall: "",
      clearTimer: false,
    },
  };
  const folder = await mkdtemp(path.join(tmpdir(), "loam-script-"));
  try {
    const [app, given] = ["app.js", "job.json"].map((name) => path.join(folder, name)) as [string, string];
    await writeFileAtomic(app, text);
    await writeFileAtomic(given, JSON.stringify(job));
    const program = await buildHost({ manifest: path.join(loamRoot, "host-tools/script/start/manifest.json") });
    const { lines, stderr } = await runHost(program, { resources: { "app.js": app, "job.json": given } });
    const bytes = Number(lines.at(-1));
    if (!Number.isInteger(bytes)) throw new UserError(`the app script cannot be tried: ${stderr}`);
    if (bytes > most) throw new UserError(`the app script needs more than ${most} bytes of memory to be started`);
    return bytes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
