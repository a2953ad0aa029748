import { execa } from "execa";
import { existsSync } from "node:fs";
import path from "node:path";
import { MissingTool, UserError } from "../lib/errors.js";
import { loamRoot, packageFolder } from "../lib/paths.js";
import { printable } from "../lib/terminal.js";

/** mcconfig's prerequisites, by platform: the first word of "esp32/esp32c3" or "esp32:./device/boards/heltec-v3" decides. */
const isEsp32 = (platform: string): boolean => /^esp32\b/.test(platform);

/** xs-dev installs the SDK and what a device needs besides, and writes their variables into a file. */
const exports = ". ~/.local/share/xs-dev-export.sh";
const installSdk = `npx xs-dev setup --release 8.2.3 && ${exports}`;
const installIdf = `npx xs-dev setup --device esp32 && ${exports}`;

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
 * @param isMonitored whether the log is to be shown in the terminal, by the SDK's xsbug-log
 * @throws MissingTool for the first thing that is missing, with the one command that installs it
 */
export function findSdk(platform: string, isMonitored = false): Sdk {
  const host = hostPlatforms[process.platform];
  if (!host) throw new UserError(`the Moddable SDK's tools are built on Linux or macOS; this is ${process.platform}`);
  const root = process.env["MODDABLE"];
  if (!root) throw new MissingTool("the Moddable SDK ($MODDABLE is not set)", installSdk);
  if (!existsSync(path.join(root, "tools/mcconfig.js")))
    throw new MissingTool(`the Moddable SDK ($MODDABLE is ${root}, which does not hold it)`, installSdk);
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
  if (isEsp32(platform)) checkIdf(directories);
  const log = path.join(root, "tools/xsbug-log");
  if (isMonitored && !existsSync(path.join(log, "node_modules")))
    throw new MissingTool("what the SDK's xsbug-log depends on", `npm install --prefix "${log}"`);
  return { root, tools, environment: { MODDABLE: root, PATH: directories.join(path.delimiter) } };
}

/** ESP-IDF, and what its tools run on. */
function checkIdf(directories: string[]): void {
  const idf = process.env["IDF_PATH"];
  if (!idf) throw new MissingTool("ESP-IDF 6.0 ($IDF_PATH is not set)", installIdf);
  if (!existsSync(path.join(idf, "export.sh")))
    throw new MissingTool(`ESP-IDF 6.0 ($IDF_PATH is ${idf}, which does not hold it)`, installIdf);
  if (!onPath("python", directories)) throw new MissingTool("python, which ESP-IDF's tools run on,", installIdf);
  if (!onPath("idf.py", directories))
    throw new UserError(`idf.py is not in the PATH of this terminal. Put it there with:\n  . "${idf}/export.sh"`, 2);
}

/** A line as it came, its tabs too, with all else escaped that is not text. */
function* printableLog(line: unknown): Generator<string> {
  yield String(line).split("\t").map(printable).join("\t");
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
    /** With the log in the terminal, instead of xsbug. */
    monitor?: boolean;
    /** For the manifest's variables. */
    variables?: Record<string, string>;
    /** false: only the makefile. */
    make?: boolean;
    target?: string;
    output?: string;
    quiet?: boolean;
    extra?: string[];
  } = {},
): Promise<string> {
  const debug = options.release ? [] : [options.monitor ? "-dl" : "-d"];
  const args = [...debug, ...(options.make === false ? [] : ["-m"]), "-p", platform];
  if (options.target) args.push("-t", options.target);
  // mcconfig runs in loam's folder, from which the boards are.
  if (options.output) args.push("-o", path.resolve(options.output));
  args.push(...(options.extra ?? []), path.resolve(options.manifest ?? path.join(loamRoot, "manifest.json")));
  // What a node writes into its log is not the terminal's to obey.
  const shown = options.monitor ? (["pipe", printableLog, "inherit"] as const) : (["pipe", "inherit"] as const);
  const output = options.quiet ? (["pipe"] as const) : shown;
  const result = await execa("mcconfig", args, {
    // A manifest in another folder includes loam's as $(LOAM): it is the loam whose tools these are.
    env: { ...sdk.environment, LOAM: loamRoot, ...options.variables },
    cwd: loamRoot,
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
