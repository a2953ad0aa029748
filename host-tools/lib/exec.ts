import { execa, type Options } from "execa";
import { MissingTool, UserError } from "./errors.js";

/** Runs a program to its end. @throws MissingTool when it is not installed, UserError with its output when it fails. */
export async function run(
  command: string,
  args: string[],
  options: Options & { install?: string } = {},
): Promise<string> {
  const { install = `apt-get install ${command}`, ...rest } = options;
  const result = await execa(command, args, { reject: false, ...rest });
  if (result.failed) {
    if (result.code === "ENOENT") throw new MissingTool(command, install);
    throw new UserError(
      `${command} failed (exit ${result.exitCode ?? result.signal}):\n${String(result.stderr ?? "")}${String(result.stdout ?? "")}`,
    );
  }
  return String(result.stdout ?? "");
}
