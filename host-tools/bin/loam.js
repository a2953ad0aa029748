#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { register } from "tsx/esm/api";

// loam's own compiler options, here and in the processes that it starts, and not those of the folder that it is called in.
process.env["TSX_TSCONFIG_PATH"] = fileURLToPath(new URL("../../tsconfig.json", import.meta.url));
register();
await import("../cli.ts");
