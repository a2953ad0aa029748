import { execa } from "execa";
import { UserError } from "../lib/errors.js";
import { planProgram } from "./programs.js";

const lengthOf = (model: Uint8Array): Buffer => {
  const word = Buffer.alloc(4);
  word.writeUInt32LE(model.length);
  return word;
};

/** What the engine's planner (microPlan.c) says of models, in one process. @throws MissingTool without a C compiler */
export async function askPlanner(models: readonly Uint8Array[], argument: string): Promise<Uint8Array> {
  const { stdout, failed, signal } = await execa(await planProgram(), [argument], {
    input: Buffer.concat(models.flatMap((model) => [lengthOf(model), model])),
    encoding: "buffer",
    maxBuffer: 1 << 30,
    reject: false,
    // Its handlers of signals would make SIGXFSZ, which Node ignores, end the process: a limit of a file's size is an error that is named.
    cleanup: false,
  });
  if (failed) throw new UserError(`the micro engine's planner ended (${signal ?? "out of memory"})`);
  return stdout;
}
