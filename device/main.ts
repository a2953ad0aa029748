/** Starts the node; after a boot loop with its link alone. */
import Memory from "memory";
import { protectNode } from "script";
import { startNode } from "./node.js";
import { startSafely } from "./safemode.js";
import { Starts } from "./starts.js";

Memory.start();
protectNode();
const starts = new Starts();
if (starts.isSafe) startSafely(starts);
else startNode(starts);
