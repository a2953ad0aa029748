import test from "ava";
import { runWithStandIns } from "./standin.js";

/** The hardware layer of the radio on threads: ESP-IDF's calls are test/esp32/tasks/idf.c. */
test("the radio's task ends before its driver loses the hardware, at a close and when the radio cannot be opened", async (t) => {
  const lines = await runWithStandIns(t, {
    options: ["-pthread"],
    include: ["native/lora", "native/lora/esp32", "test/esp32/tasks"],
    sources: [
      ...["halEsp32.c", "awakeLock.c", "radioLines.c"].map((name) => `native/lora/esp32/${name}`),
      ...["test/esp32/tasks/idf.c", "test/esp32/tasks/close.c"],
    ],
  });
  t.deepEqual(lines, [
    "open 1, woken 1, by closing 0, without hardware 0",
    "refused 1, woken 0, without hardware 0, context 0",
  ]);
});
