import test from "ava";
import { execa } from "execa";
import { buildProgram, sanitizers } from "./programs.js";

test("drivers on simulated chips, under the sanitizers", async (t) => {
  const { stdout, exitCode } = await execa(await buildProgram("driver", sanitizers), { reject: false, all: true });
  t.is(exitCode, 0, stdout);
  t.true(stdout.split("\n").filter((line) => line.startsWith("ok ")).length >= 40, stdout);
});

for (const seed of [1, 2, 3]) {
  test(`random SPI traffic and a chip that answers at random, seed ${seed}`, async (t) => {
    const { exitCode, stdout, stderr } = await execa(await buildProgram("fuzz", sanitizers), [String(seed), "400"], {
      reject: false,
      timeout: 60000,
    });
    t.is(exitCode, 0, stdout + stderr);
  });
}
