import path from "node:path";
import { loamRoot } from "../../host-tools/lib/paths.js";

/** Shows the first bytes of flash; with the argument "write" it does an erase, then two writes of four bytes, and shows them again. */
export const flashProgram = path.join(loamRoot, "test/xs/programs/flash/manifest.json");

export const erased = "255,255,255,255,255,255,255,255";

/** Where the power fails in that program, and what it leaves. */
export const cuts: readonly { powerCut: number; left: string }[] = [
  { powerCut: 1.5, left: erased },
  { powerCut: 2, left: erased },
  { powerCut: 2.5, left: "1,2,255,255,255,255,255,255" },
  { powerCut: 3.25, left: "1,2,3,4,5,255,255,255" },
  { powerCut: 4, left: "1,2,3,4,5,6,7,8" },
];
