import test from "ava";
import { runWithStandIns } from "./standin.js";

/** A script machine's hardware layer on this machine: the SDK's functions are test/esp32/script/clone.c. */
test("a script machine's tables of names and symbols are as long as those that it is cloned from", async (t) => {
  const lines = await runWithStandIns(t, {
    include: ["native/script"],
    sources: ["native/script/esp32/scriptEsp32.c", "test/esp32/script/clone.c"],
  });
  t.deepEqual(lines, [
    "app script: names 59, symbols 7, keys 256, more keys 0, static 20608, parser 2048",
    "firmware: static 147456",
    "deleted 1, roots 0",
    "lost 500",
  ]);
});
