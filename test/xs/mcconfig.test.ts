// Slow: needs the Moddable SDK, and builds with it
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
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
