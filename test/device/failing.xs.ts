/** The node, with a fault of the firmware: what an app script cannot do. Argument: which. */
import Host from "host";
import Sleep from "sleep";
import Timer from "timer";
import { traceJournal as journal } from "journal";
import { startNode } from "node";
import { startSafely } from "safemode";
import { Starts } from "starts";

/** ms: within the first window. */
const soon = 20_000;

function hang(): never {
  for (;;);
}

function fill(): never {
  const all: number[][] = [];
  for (;;) all.push([1]);
}

/** Crashes right after each window that a deep sleep was before. */
class Fragile extends Starts {
  override handled(): void {
    super.handled();
    if (Sleep.cause === "timer") Timer.set(fill, 0);
  }
}

function start(starts: Starts): void {
  const [fault] = Host.args;
  if (fault === "hangs") hang();
  if (fault === "fills") fill();
  startNode(starts);
  if (fault === "hangs once" && Sleep.cause === "power")
    Timer.set(() => {
      journal("log", { text: "hangs" });
      hang();
    }, soon);
}

const starts = Host.args[0] === "fills later" ? new Fragile() : new Starts();
if (starts.isSafe) startSafely(starts);
else start(starts);
