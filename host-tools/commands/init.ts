import path from "node:path";
import { Command } from "commander";
import { initNode } from "../init/init.js";
import { UserError } from "../lib/errors.js";
import { boardNames, isBoard, type BoardName } from "../node/boards.js";
import { unknownName } from "tfjs-to-tflite/lib/nearest.js";

/** A word, quoted for a shell where necessary. */
const quoted = (word: string): string => (/^[\w./@%+:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

function boardName(name: string): BoardName {
  if (isBoard(name)) return name;
  throw new UserError(`--board ${name}${unknownName("board", name, boardNames)}`);
}

export default new Command("init")
  .description(
    "Create the folder of a node of your own: description, app script, network, recordings folder, manifest and package.json. It starts as a copy of the example.",
  )
  .argument(
    "<dir>",
    "folder to create; in an existing folder other files are left alone, and a file of the same name is an error",
  )
  .option("--board <name>", `development board, whose free pins it uses: ${boardNames.join(", ")}`)
  .option("--json", "print the written files as JSON")
  .action(async (dir: string, { json, board }: { json?: boolean; board?: string }) => {
    const created = await initNode(dir, board === undefined ? undefined : boardName(board));
    for (const what of created.left) process.stderr.write(`not on this board: ${what}\n`);
    if (json) return void process.stdout.write(`${JSON.stringify(created)}\n`);
    const next = [
      ...(path.resolve(dir) === process.cwd() ? [] : [`cd ${quoted(path.relative(process.cwd(), created.folder))}`]),
      ...(created.needsInstall ? ["npm install"] : []),
      "npx loam recordings --days 6",
      "npx loam simulate --recording build/recordings/test/site06-day06.csv",
    ];
    process.stdout.write(
      `${created.files.map((name) => path.join(dir, name)).join("\n")}\n\nNext steps (more in ${path.join(dir, "README.md")}):\n${next.map((line) => `  ${line}`).join("\n")}\n`,
    );
  });
