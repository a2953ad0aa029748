#!/usr/bin/env node
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundledCli } from "./bundle.js";

// loam's own compiler options, here and in the processes that it starts, and not those of the folder that it is called in.
process.env["TSX_TSCONFIG_PATH"] = fileURLToPath(new URL("../../tsconfig.json", import.meta.url));
const bundled = await bundledCli(fileURLToPath(new URL("../..", import.meta.url)));
if (bundled) await import(pathToFileURL(bundled).href);
else {
  const { register } = await import("tsx/esm/api");
  register();
  await import("../cli.ts");
}
