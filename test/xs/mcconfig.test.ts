// Slow: needs the Moddable SDK, and builds with it
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { boardFolder } from "../../host-tools/node/boardManifest.js";
import { boardNames, boardOf } from "../../host-tools/node/boards.js";
import { parsePartitions, partitionTable } from "../../host-tools/node/partitions.js";
import { debugPartitions, takeDataAnew } from "../../host-tools/xs/firmwareBuild.js";
import { findSdk, runMcconfig } from "../../host-tools/xs/mcconfig.js";
import { display, mcconfig, mcsim, needs } from "../helpers/needs.js";
import { Xsbug } from "./xsbug.js";

const output = path.join(buildRoot, "xs", "mcconfig");
const program = path.join(output, "bin/lin/mc/debug/main/mc.so");

needs(mcconfig).serial("mcconfig -d -m -p lin builds the same manifest", async (t) => {
  const sdk = findSdk("lin");
  await mkdir(output, { recursive: true });
  await runMcconfig(sdk, "lin", { target: "build", output, quiet: true });
  t.true(existsSync(program));
});

needs(mcconfig).serial("a description that is older than the copy of the build before is taken", async (t) => {
  const folder = path.join(output, "anew");
  const build = { output: folder, platform: "lin", name: "node", isRelease: false, board: undefined };
  const copy = path.join(folder, "tmp/lin/mc/debug/node/resources/node.config.json");
  const manifest = path.join(folder, "node/manifest.json");
  await mkdir(path.dirname(manifest), { recursive: true });
  await writeFile(path.join(folder, "node/main.js"), "export default 1;\n");
  const include = "$(MODDABLE)/examples/manifest_base.json";
  await writeFile(
    manifest,
    JSON.stringify({ include, modules: { "*": "./main" }, data: { "*": "$(LOAM_NODE_CONFIG)" } }),
  );
  for (const [name, age] of [
    ["first", 0],
    ["second", 86_400_000],
  ] as const) {
    const description = path.join(folder, name, "node.config.json");
    const time = new Date(Date.now() - age);
    await mkdir(path.dirname(description), { recursive: true });
    await writeFile(description, JSON.stringify({ name }));
    await utimes(description, time, time);
    await takeDataAnew(build);
    const variables = { LOAM_NODE_CONFIG: description };
    await runMcconfig(findSdk("lin"), "lin", { target: "build", output: folder, quiet: true, variables, manifest });
    t.is(await readFile(copy, "utf8"), JSON.stringify({ name }));
  }
});

needs(mcconfig).serial("mcconfig builds the node that replays a recording on a bench", async (t) => {
  const sdk = findSdk("lin");
  await mkdir(output, { recursive: true });
  await runMcconfig(sdk, "lin", {
    target: "build",
    output,
    quiet: true,
    manifest: path.join(loamRoot, "device/replay/manifest.json"),
  });
  t.true(existsSync(path.join(output, "bin/lin/mc/debug/replay/mc.so")));
});

for (const board of boardNames)
  needs(mcconfig).serial(
    `mcconfig takes the platform of ${board}, its sdkconfig, and the description for it`,
    async (t) => {
      const { chip, flash, usb } = boardOf(board);
      const place = path.join(output, board);
      const description = path.join(place, "node.config.json");
      await mkdir(place, { recursive: true });
      await writeFile(description, "{}");
      const platform = `esp32:${boardFolder(board)}`;
      await runMcconfig(findSdk("lin"), platform, {
        make: false,
        output: place,
        quiet: true,
        variables: {
          LOAM_NODE_CONFIG: description,
          ...debugPartitions({ output: place, platform, name: path.basename(loamRoot), isRelease: false, board }),
        },
      });
      const made = path.join(place, "tmp/esp32", board, "debug", path.basename(loamRoot));
      const makefile = await readFile(path.join(made, "makefile"), "utf8");
      t.true(makefile.includes(`\nESP32_SUBCLASS = ${chip}\n`));
      t.is(makefile.includes("\nUSE_USB = 2\n"), usb === "own");
      t.true(makefile.includes(description));
      const sdkconfig = await readFile(path.join(made, `xsProj-${chip}/sdkconfig.mc`), "utf8");
      for (const line of [
        "ESP_TASK_WDT_EN=y",
        "ESP_TASK_WDT_TIMEOUT_S=20",
        "BOOTLOADER_APP_ROLLBACK_ENABLE=y",
        "BOOTLOADER_SKIP_VALIDATE_IN_DEEP_SLEEP=y",
        `ESPTOOLPY_FLASHSIZE_${flash}MB=y`,
      ])
        t.regex(sdkconfig, new RegExp(`^CONFIG_${line}$`, "m"));
      t.is(/^CONFIG_ESPTOOLPY_AFTER_NORESET=y$/m.test(sdkconfig), usb === "own");
      t.notRegex(sdkconfig, /SKIP_VALIDATE_(ALWAYS|ON_POWER_ON)=y/);
      const table = await readFile(path.join(made, `xsProj-${chip}/partitions.csv`), "utf8");
      t.deepEqual(parsePartitions(table), partitionTable(board, true));
    },
  );

needs(mcconfig, mcsim, display).serial("the node runs in the SDK's simulator", async (t) => {
  const sdk = findSdk("lin");
  const screen = process.env["DISPLAY"] ? [] : ["xvfb-run", "-a"];
  if (!existsSync(program)) return t.fail("there is no program: it was not built");
  t.timeout(60_000);
  const xsbug = await Xsbug.listen();
  t.teardown(() => xsbug.close());
  const [command, ...args] = [
    ...screen,
    path.join(sdk.tools, "mcsim"),
    path.join(sdk.root, "build/simulators"),
    program,
  ];
  const simulator = spawn(command, args, {
    env: { ...process.env, ...sdk.environment, XSBUG_HOST: "localhost", XSBUG_PORT: String(xsbug.port) },
    stdio: "ignore",
    detached: true,
  });
  t.teardown(async () => {
    const gone = once(simulator, "exit");
    process.kill(-simulator.pid!, "SIGTERM");
    await gone;
  });
  t.true((await xsbug.receive("<login")).includes('name="main"'));
  xsbug.send("<set-all-breakpoints></set-all-breakpoints>");
  const start = await xsbug.receive("&#34;event&#34;:&#34;start&#34;");
  t.regex(start, /&#34;node&#34;:&#34;\w+&#34;/);
});
