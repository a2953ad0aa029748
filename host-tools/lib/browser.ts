import { existsSync } from "node:fs";
import { MissingTool } from "./errors.js";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The path of Chromium: $CHROMIUM, or where distributions install it. @throws MissingTool */
export function findChromium(): string {
  const found = [process.env["CHROMIUM"] ?? "", ...places].find((place) => place !== "" && existsSync(place));
  if (!found) throw new MissingTool("Chromium", "apt-get install chromium");
  return found;
}

/** For a test or a screenshot: without services that use the network. */
export const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
