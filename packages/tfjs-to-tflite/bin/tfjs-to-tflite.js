#!/usr/bin/env node
import { existsSync } from "node:fs";

// A checkout has the sources, a published package what they were compiled to.
if (existsSync(new URL("../src/cli.ts", import.meta.url))) {
  const { register } = await import("tsx/esm/api");
  register();
  await import("../src/cli.ts");
} else await import("../dist/cli.js");
