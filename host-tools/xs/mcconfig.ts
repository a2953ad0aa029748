import { execa } from "execa";
import { existsSync } from "node:fs";
import path from "node:path";
import { MissingTool, UserError } from "../lib/errors.js";
import { loamRoot, packageFolder } from "../lib/paths.js";

/** mcconfig's prerequisites, by platform: the first word of "esp32/esp32c3" decides. */
const isEsp32 = (platform: string): boolean => platform.split("/")[0] === "esp32";

const hostPlatforms: Partial<Record<NodeJS.Platform, { name: string; tools: string }>> = {
  linux: {
    name: "lin",
    tools: "apt-get install gcc git wget make pkg-config libncurses-dev flex bison gperf libgtk-3-dev",
  },
  darwin: { name: "mac", tools: "xcode-select --install" },
};

function onPath(program: string, directories: string[]): string | undefined {
  return directories.map((directory) => path.join(directory, program)).find((file) => existsSync(file));
}

/** The user's PATH, without npm's additions; loam's TypeScript comes last, in case there is no other. */
function searchPath(sdkTools: string): string[] {
  const own = path.join(packageFolder("typescript"), "bin");
  const inherited = (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .filter((directory) => directory !== "" && path.basename(directory) !== ".bin");
  return [sdkTools, ...inherited, own];
}

/** The installed Moddable SDK. */
export interface Sdk {
  /** $MODDABLE */
  root: string;
  /** The folder of mcconfig, mcsim and xsbug. */
  tools: string;
  /** For programs of the SDK: they are on its PATH. */
  environment: Record<string, string>;
}

/**
 * Finds what mcconfig needs to build for a platform.
 * @throws MissingTool for the first thing that is missing, with the one command that installs it
 */
export function findSdk(platform: string): Sdk {
  const host = hostPlatforms[process.platform];
  if (!host) throw new UserError(`the Moddable SDK's tools are built on Linux or macOS; this is ${process.platform}`);
  const root = process.env["MODDABLE"];
  const fetch =
    'git clone --depth 1 --branch 8.2.3 https://github.com/Moddable-OpenSource/moddable ~/moddable && export MODDABLE="$HOME/moddable"';
  if (!root) throw new MissingTool("the Moddable SDK ($MODDABLE is not set)", fetch);
  if (!existsSync(path.join(root, "tools/mcconfig.js")))
    throw new MissingTool(`the Moddable SDK ($MODDABLE is ${root}, which does not hold it)`, fetch);
  const tools = path.join(root, "build/bin", host.name, "release");
  const directories = searchPath(tools);
  if (!onPath("mcconfig", directories)) {
    if (!onPath("make", directories)) throw new MissingTool("make, with which the SDK's tools are built,", host.tools);
    throw new MissingTool(
      "mcconfig (the SDK's tools are not built)",
      `${host.tools} && PATH="${tools}:$PATH" make -C "${root}/build/makefiles/${host.name}"`,
    );
  }
  if (!onPath("tsc", directories)) throw new MissingTool("tsc, the TypeScript compiler,", "npm install");
  if (isEsp32(platform)) checkIdf();
  return { root, tools, environment: { MODDABLE: root, PATH: directories.join(path.delimiter) } };
}

function checkIdf(): void {
  const install =
    'git clone --depth 1 --recursive --shallow-submodules --branch v6.0 https://github.com/espressif/esp-idf ~/esp-idf && ~/esp-idf/install.sh esp32,esp32c3,esp32s3 && export IDF_PATH="$HOME/esp-idf"';
  const idf = process.env["IDF_PATH"];
  if (!idf) throw new MissingTool("ESP-IDF 6.0 ($IDF_PATH is not set)", install);
  if (!existsSync(path.join(idf, "export.sh")))
    throw new MissingTool(`ESP-IDF 6.0 ($IDF_PATH is ${idf}, which does not hold it)`, install);
}

/**
 * Runs mcconfig on a manifest, with its output on the terminal.
 * @throws UserError when it fails
 */
export async function runMcconfig(
  sdk: Sdk,
  platform: string,
  options: {
    /** Default: loam's own, the example. */
    manifest?: string;
    release?: boolean;
    target?: string;
    output?: string;
    quiet?: boolean;
    extra?: string[];
  } = {},
): Promise<string> {
  const args = [...(options.release ? [] : ["-d"]), "-m", "-p", platform];
  if (options.target) args.push("-t", options.target);
  if (options.output) args.push("-o", options.output);
  args.push(...(options.extra ?? []), options.manifest ?? path.join(loamRoot, "manifest.json"));
  const output = options.quiet ? (["pipe"] as const) : (["pipe", "inherit"] as const);
  const result = await execa("mcconfig", args, {
    // A manifest in another folder includes loam's as $(LOAM): it is the loam whose tools these are.
    env: { ...sdk.environment, LOAM: loamRoot },
    stdin: "ignore",
    stdout: output,
    stderr: output,
    all: true,
    reject: false,
  });
  const text = result.all;
  if (result.failed)
    throw new UserError(
      `mcconfig ${args.join(" ")} failed (exit ${result.exitCode ?? result.signal ?? result.code})${options.quiet ? `:\n${text.split("\n").slice(-40).join("\n")}` : ""}`,
    );
  return text;
}
