import path from "node:path";
import { Command } from "commander";
import { initNode } from "../init/init.js";

/** A word as a shell takes it. */
const quoted = (word: string): string => (/^[\w./@%+:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

export default new Command("init")
  .description(
    "Create the folder of a node of your own: description, app script, network, recordings folder, manifest and package.json. It starts as a copy of the example.",
  )
  .argument(
    "<dir>",
    "folder to create; an existing folder keeps its files, and existing files of the same names are refused",
  )
  .option("--json", "print what was written as JSON")
  .action(async (dir: string, { json }: { json?: boolean }) => {
    const made = await initNode(dir);
    if (json) return void process.stdout.write(`${JSON.stringify(made)}\n`);
    const next = [
      ...(path.resolve(dir) === process.cwd() ? [] : [`cd ${quoted(path.relative(process.cwd(), made.folder))}`]),
      ...(made.needsInstall ? ["npm install"] : []),
      "npx loam recordings --days 6",
      "npx loam simulate --recording build/recordings/test/site06-day06.csv",
    ];
    process.stdout.write(
      `${made.files.map((name) => path.join(dir, name)).join("\n")}\n\nNext, and more in ${path.join(dir, "README.md")}:\n${next.map((line) => `  ${line}`).join("\n")}\n`,
    );
  });
