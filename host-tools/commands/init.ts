import path from "node:path";
import { Command } from "commander";
import { initNode } from "../init/init.js";

export default new Command("init")
  .description(
    "Make the folder of a node of your own: description, app script, network, place for recordings, manifest, and what npm needs. It begins as the example.",
  )
  .argument("<dir>", "folder to make; what is in it stays, and files of the same names are refused")
  .option("--json", "print what was written as JSON")
  .action(async (dir: string, { json }: { json?: boolean }) => {
    const made = await initNode(dir);
    if (json) return void process.stdout.write(`${JSON.stringify(made)}\n`);
    const next = [
      ...(path.resolve(dir) === process.cwd() ? [] : [`cd ${path.relative(process.cwd(), made.folder)}`]),
      ...(made.needsInstall ? ["npm install"] : []),
      "npx loam recordings --days 6",
      "npx loam simulate --recording build/recordings/test/site06-day06.csv",
    ];
    process.stdout.write(
      `${made.files.map((name) => path.join(dir, name)).join("\n")}\n\nNext, and more in ${path.join(dir, "README.md")}:\n${next.map((line) => `  ${line}`).join("\n")}\n`,
    );
  });
