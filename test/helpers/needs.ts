/**
 * Tests that need something that not every machine has. Where it is missing they are skipped, never passed, and their title says what
 * brings it; test/helpers/run.ts counts them by that reason.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import test, { type Implementation } from "ava";
import { boardPackages, lx6Packages, type Board } from "../../host-tools/board/toolchains.js";
import { espNnFolder, whereToGetEspNn } from "../../host-tools/inference/espNnSources.js";
import { tflmFolder, whereToGetTflm } from "../../host-tools/inference/tflmSources.js";
import { findChromium } from "../../host-tools/lib/browser.js";
import { MissingTool } from "../../host-tools/lib/errors.js";
import { findSdk } from "../../host-tools/xs/mcconfig.js";
import { modelFolder, whereToPutModels } from "../inference/models.js";
import {
  findWakeWords,
  findWildModel,
  whereToGetWakeWords,
  whereToPutWildModels,
  findSeanet,
  whereToGetSeanet,
} from "../inference/wildModels.js";
import { findMosquitto } from "../../host-tools/load/mosquitto.js";
import { findPostgres } from "../../host-tools/load/postgres.js";

/** Says what is missing and the one command that brings it; undefined where the test can run. */
export type Need = () => string | undefined;

/** `test` and `test.serial` for a test that needs all of these; `test.skip`, with the reasons in the title, where one is missing. */
export function needs(...list: Need[]) {
  const reasons = [...new Set(list.map((missing) => missing()))].filter((reason) => reason !== undefined);
  const declare = (isSerial: boolean) => (title: string, run: Implementation<[]>) => {
    if (reasons.length > 0) test.skip(`${title} [needs ${reasons.join("; and ")}]`, run);
    else if (isSerial) test.serial(title, run);
    else test(title, run);
  };
  return Object.assign(declare(false), { serial: declare(true) });
}

/** A search that ends in MissingTool when it finds nothing. */
const search =
  (find: () => unknown): Need =>
  () => {
    try {
      find();
      return undefined;
    } catch (error) {
      if (!(error instanceof MissingTool)) throw error;
      return error.message.replace(/ is not installed\. Install it with:\s+/, ": ");
    }
  };

/** A command that must succeed. */
const attempt =
  (reason: string, command: string, ...args: string[]): Need =>
  () => {
    try {
      execFileSync(command, args, { stdio: "ignore" });
      return undefined;
    } catch {
      return reason;
    }
  };

/** A program on the PATH. */
const program =
  (name: string, install: string): Need =>
  () =>
    (process.env["PATH"] ?? "").split(path.delimiter).some((folder) => existsSync(path.join(folder, name)))
      ? undefined
      : `${name}: ${install}`;

export const cxx = program("c++", "apt-get install g++");
export const git = program("git", "apt-get install git");
/** The table of processes. */
export const ps = program("ps", "apt-get install procps");
/** util-linux's script(1), which is a terminal to the program that it runs. */
export const zip = program("zip", "apt-get install zip");
export const unzip = program("unzip", "apt-get install unzip");
export const script = program("script", "apt-get install bsdutils");
/** With its native code for this machine. */
export const serialport: Need = () => {
  try {
    createRequire(import.meta.url)("serialport");
    return undefined;
  } catch {
    return "the npm package serialport: npm install serialport";
  }
};
/** Its server, which tests start for themselves. */
export const postgres: Need = () => (findPostgres() ? undefined : "PostgreSQL: apt-get install postgresql");
/** The MQTT broker, which tests start for themselves. */
export const mosquitto: Need = () => (findMosquitto() ? undefined : "mosquitto: apt-get install mosquitto");
export const openssl = program("openssl", "apt-get install openssl");
export const display: Need = () => (process.env["DISPLAY"] ? undefined : program("xvfb-run", "apt-get install xvfb")());
export const chromium = search(findChromium);
/** The right to mount a disk that only the test sees. */
export const mounting = attempt(
  "the right to mount a disk: run as root outside a container, or docker run --privileged",
  ...(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"] as const),
);

/** The right to make a device, and to write to it. */
export const devices = attempt(
  "the right to make devices: run as root",
  ...(["sh", "-c", 'cd "$(mktemp -d)" && mknod null c 1 3 && : > null; code=$?; rm -rf "$PWD"; exit $code'] as const),
);

/** A compiler and C library for RV32IMC. */
export const rv32Compiler = attempt(
  `riscv64-unknown-elf-gcc and picolibc: ${boardPackages}`,
  ...(["riscv64-unknown-elf-gcc", "--specs=picolibc.specs", "-E", "-x", "c", "/dev/null"] as const),
);
/** A compiler and C library for Xtensa. */
export const lx106Compiler = attempt(
  "xtensa-lx106-elf-gcc and picolibc: apt-get install gcc-xtensa-lx106 picolibc-xtensa-lx106-elf",
  ...(["xtensa-lx106-elf-gcc", "-include", "stdlib.h", "-E", "-x", "c", "/dev/null"] as const),
);
/** The emulated RV32IMC board. */
export const board: Need = () => rv32Compiler() ?? program("qemu-system-riscv32", boardPackages)();
/** All emulated boards. */
export const boards: Readonly<Record<Board, Need>> = {
  rv32: board,
  lx6: () => lx106Compiler() ?? program("qemu-system-xtensa", lx6Packages)(),
};

export const tflm: Need = () => (tflmFolder() ? undefined : `TFLM_DIR: ${whereToGetTflm}`);
export const espNn: Need = () => (espNnFolder() ? undefined : `ESP_NN_DIR: ${whereToGetEspNn}`);
export const mlperfTiny: Need = () => (modelFolder ? undefined : `the MLPerf Tiny models: ${whereToPutModels}`);
export const wakeWords: Need = () =>
  findWakeWords().length > 0 ? undefined : `LOAM_WAKE_WORDS: ${whereToGetWakeWords}`;
export const seanet: Need = () => (findSeanet().length > 0 ? undefined : `LOAM_SEANET: ${whereToGetSeanet}`);
/** A model that someone published. */
export const wildModel =
  (name: string): Need =>
  () =>
    findWildModel(name) ? undefined : `the public model ${name}: ${whereToPutWildModels}`;

/** A tree that an environment variable names. */
const tree =
  (variable: string, mark: string, what: string): Need =>
  () =>
    existsSync(path.join(process.env[variable] ?? "/nowhere", mark)) ? undefined : `${variable}: ${what}`;
export const idf = tree(
  "IDF_PATH",
  "components/esp_timer",
  "git clone --branch v6.0 https://github.com/espressif/esp-idf",
);
export const moddable = tree(
  "MODDABLE",
  "xs/includes/xsmc.h",
  "git clone --branch 8.2.3 https://github.com/Moddable-OpenSource/moddable",
);

/** The SDK's debugger for terminals, with what it depends on. */
export const xsbugLog: Need = () => {
  const folder = path.join(process.env["MODDABLE"] ?? "/nowhere", "tools/xsbug-log");
  if (existsSync(path.join(folder, "node_modules/saxophone"))) return undefined;
  return moddable() ?? `what the SDK's xsbug-log depends on: npm install --prefix "$MODDABLE/tools/xsbug-log"`;
};

/** The SDK's compiler, with which its debuggers compile expressions. */
export function findXsc(): string | undefined {
  const folders = ["lin", "mac"].flatMap((system) => ["release", "debug"].map((build) => `${system}/${build}`));
  return folders
    .map((folder) => path.join(process.env["MODDABLE"] ?? "/nowhere", "build/bin", folder, "xsc"))
    .find((file) => existsSync(file));
}
export const xsc: Need = () =>
  findXsc() === undefined ? 'xsc, the Moddable SDK\'s compiler: make -C "$MODDABLE/build/makefiles/lin"' : undefined;

/** The SDK's sources; its tools need not be built. */
export const sdkSources: Need = () =>
  existsSync(path.join(process.env["MODDABLE"] ?? "", "modules/drivers/sensors"))
    ? undefined
    : "the Moddable SDK's sources: export MODDABLE=FOLDER";

/** Moddable's mcconfig, with what it needs to build for this machine. */
export const mcconfig = search(() => findSdk("lin"));
/** Moddable's simulator, which mcconfig does not bring. */
export const mcsim: Need = () => {
  const missing = mcconfig();
  if (missing !== undefined) return missing;
  return existsSync(path.join(findSdk("lin").tools, "mcsim"))
    ? undefined
    : 'mcsim, the Moddable SDK\'s simulator: make -C "$MODDABLE/build/makefiles/lin"';
};
