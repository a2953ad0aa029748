import { Command } from "commander";
import { doubtsKind, type Doubts } from "../doubts/document.js";
import { fetchDoubts, tokenVariable } from "../doubts/fetch.js";
import { writeFileAtomic } from "../lib/files.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";

interface Options {
  cloud: string;
  out: string;
  force?: boolean;
}

export const doubts = new Command("doubts")
  .description(
    `Write the deferred windows that a running cloud keeps into a file, with labels and decisions, for loam train --doubts. A token for the cloud is in the environment variable ${tokenVariable}.`,
  )
  .option("--cloud <url>", "address of its page", "http://127.0.0.1:8080/")
  .requiredOption("--out <file>", "JSON")
  .addOption(forceOption())
  .action(async ({ cloud, out, force }: Options) => {
    await requireReplaceable([{ file: out, kind: doubtsKind }], { force });
    const { [tokenVariable]: token } = process.env;
    const kept: Doubts = await fetchDoubts(cloud, { token });
    await writeFileAtomic(out, `${JSON.stringify(kept)}\n`);
    const labelled = kept.doubts.filter(({ personLabel }) => personLabel !== null).length;
    process.stdout.write(`${kept.doubts.length} deferred windows, ${labelled} labelled by persons, in ${out}\n`);
  });
