// Slow: builds a driver for each mutation
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildProgram } from "./programs.js";

/** Every workaround of the drivers, as errata.h lists them, and the case of errata.c that fails without it. */
const noticedBy: Record<string, string> = {
  "15_1": "erratum15_1",
  "15_2": "erratum15_2",
  "15_3": "erratum15_3",
  "15_3_event": "erratum15_3",
  "15_4": "erratum15_4",
  retention: "keepsGainInWarmSleep",
  tcxo: "startsTheTcxo",
  errors: "startsTheTcxo",
  calibrate: "startsTheTcxo",
  image: "calibratesTheImage",
  image_cold: "startsTheTcxo",
  settle: "restsOnItsWayToSleep",
  "2_1": "erratum2_1",
  "2_1_restore": "erratum2_1",
  "2_3": "erratum2_3",
  "2_3_offset": "erratum2_3",
  "2_3_undo": "erratum2_3",
  "2_3_wide": "erratum2_3",
  invert_iq: "invertsBothRegisters",
  chain: "calibratesTheChain",
  reset: "resetsAfterHungTransmission",
};

test("the table names every workaround that can be left out", (t) => {
  const header = readFileSync(path.join(loamRoot, "native/lora/errata.h"), "utf8");
  t.deepEqual(
    [...header.matchAll(/#ifndef LORA_LEAVE_OUT_(\w+)/g)].map((match) => match[1]!).sort(),
    Object.keys(noticedBy).sort(),
  );
});

for (const [name, witness] of Object.entries(noticedBy)) {
  test.serial(`without workaround ${name}, ${witness} fails`, async (t) => {
    const program = await buildProgram("driver", [], [`-DLORA_LEAVE_OUT_${name}=1`, "-Wno-unused-function"]);
    const { stdout, exitCode } = await execa(program, { reject: false, timeout: 60000 });
    t.is(exitCode, 1, stdout);
    t.true(stdout.split("\n").includes(`not ok ${witness}`), stdout);
  });
}
