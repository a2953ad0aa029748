/** npm run page, and npm pack of the converter: writes the page to the file that is named. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomic } from "../lib/files.js";
import { convertPage } from "./build.js";

const file = process.argv[2]!;
await mkdir(path.dirname(file), { recursive: true });
await writeFileAtomic(file, await convertPage());
// On stderr, as npm pack --json has the other one.
process.stderr.write(`${file}\n`);
