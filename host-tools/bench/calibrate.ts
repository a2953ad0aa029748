/** npm run calibrate: measures on the emulated chip what script takes, and writes what the host program's clock goes by. */
import { readNode } from "../node/nodeFile.js";
import { calibrate } from "./scriptCosts.js";

const windows = 12;

const { chip, before, host } = await calibrate(await readNode(undefined), windows);
process.stdout.write(
  `from one sleep to the next code runs for ${chip.toFixed(4)} s on the chip, and for ${host.toFixed(4)} s in the host program (so far ${before.toFixed(4)} s)\n`,
);
