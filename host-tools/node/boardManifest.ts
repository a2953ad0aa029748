/**
 * The files by which mcconfig builds for a board, made from the table of boards: device/boards/NAME is a platform of the SDK's
 * for `-p esp32:device/boards/NAME`, and device/boards/manifest.json says which sdkconfig and partition table go with it.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { loamRoot } from "../lib/paths.js";
import { boardNames, boardOf, type BoardName } from "./boards.js";
import { debugTable, largeTable, makeDebugTable, makeLargeTable, partitionFile } from "./partitions.js";

const folder = "device/boards";
const sdkconfig = "sdkconfig.defaults";

/** Relative to loam's folder: mcconfig makes small letters of a platform, also of those in a path. */
export const boardFolder = (board: BoardName): string => `./${folder}/${board}`;

const json = (value: unknown): string => `${JSON.stringify(value, null, "\t")}\n`;

/** No target of the SDK is included: theirs drive buttons and LEDs, and create a larger machine than the node's. */
function platform(board: BoardName): string {
  const { chip, usb } = boardOf(board);
  const own = {
    USE_USB: "2",
    PROGRAMMING_MODE_MESSAGE:
      "INSTRUCTIONS: Hold the BOOT button, press and release the RESET button, then release BOOT.",
    BEFORE_DEBUGGING_MESSAGE: "Press and release the RESET button.",
  };
  return json({ build: { ESP32_SUBCLASS: chip, ...(usb === "own" && own) } });
}

/** What every node needs, and what differs from the SDK's defaults on this board: 4 MB of flash, a serial chip that resets the ESP32. */
function options(board: BoardName, common: string): string {
  const { title, flash, usb } = boardOf(board);
  const lines = [
    ...(flash === 4 ? [] : ["CONFIG_ESPTOOLPY_FLASHSIZE_4MB=n", `CONFIG_ESPTOOLPY_FLASHSIZE_${flash}MB=y`]),
    ...(usb === "own" ? ["CONFIG_ESPTOOLPY_AFTER_NORESET=y", 'CONFIG_ESPTOOLPY_AFTER="no_reset"'] : []),
    ...(usb === "own" ? ["CONFIG_ESP_COREDUMP_ENABLE_TO_UART=n", "CONFIG_ESP_COREDUMP_ENABLE=n"] : []),
  ];
  return [common.trimEnd(), ...(lines.length > 0 ? [`# ${title}`, ...lines] : []), ""].join("\n");
}

/** Has no section for other platforms: theirs is device/sdkconfig. Comes after it, so that it counts. */
const configurations = (): string =>
  json({
    platforms: Object.fromEntries(
      boardNames.map((board) => {
        const table = partitionFile(board);
        const own = table === largeTable && { PARTITIONS_FILE: `./${path.basename(table)}` };
        return [`esp32/${board}`, { build: { SDKCONFIGPATH: `./${board}`, ...own } }];
      }),
    ),
  });

export function boardFiles(): { file: string; make(): string | Promise<string> }[] {
  const common = (): Promise<string> => readFile(path.join(loamRoot, "device/sdkconfig", sdkconfig), "utf8");
  return [
    { file: `${folder}/manifest.json`, make: configurations },
    { file: largeTable, make: makeLargeTable },
    { file: debugTable, make: makeDebugTable },
    ...boardNames.flatMap((board) => [
      { file: `${folder}/${board}/manifest.json`, make: () => platform(board) },
      { file: `${folder}/${board}/${sdkconfig}`, make: async () => options(board, await common()) },
    ]),
  ];
}
