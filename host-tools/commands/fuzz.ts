import { Command } from "commander";
import { fuzz } from "../bench/fuzz.js";
import { UserError } from "../lib/errors.js";

export default new Command("fuzz")
  .description(
    "Fuzz the inference engine with mutated models under sanitizers (libFuzzer, needs clang). Exit code 1 and the report when a fault is found.",
  )
  .argument("[seconds]", "duration", "60")
  .option("--model <files...>", "models to add to the corpus, besides a small one for each operator", [])
  .option("--json", "print the figures as JSON")
  .action(async (seconds: string, options: { model: string[]; json?: boolean }) => {
    const time = Number(seconds);
    if (!Number.isInteger(time) || time < 1)
      throw new UserError(`${seconds} is not a number of seconds, a whole number from 1 expected`);
    const result = await fuzz(
      time,
      options.model,
      options.json ? undefined : (line) => process.stderr.write(`${line}\n`),
    );
    process.stdout.write(
      options.json
        ? `${JSON.stringify(result)}\n`
        : `${result.runs.toLocaleString("en-US")} models in ${time} s, no fault; ${result.coverage} code regions reached\n`,
    );
  });
