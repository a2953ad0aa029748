// Slow: app scripts are compiled on an emulated chip
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { scriptDefaults } from "../../device/config.js";
import { compileRoom, requireScriptMemory, scriptMemory, xsBytes } from "../../host-tools/budget/scriptMemory.js";
import { measuredNode } from "../../host-tools/budget/measuredNode.js";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { compileMemory } from "../../host-tools/script/compileMemory.js";
import { rules } from "../script/rules.js";
import { board, needs } from "../helpers/needs.js";
import { recordedDay } from "./helpers/day.js";
import { runWindows } from "./helpers/windows.js";

const program = {
  manifest: path.join(loamRoot, "manifest.json"),
  main: path.join(loamRoot, "test/chip/compiling.xs.ts"),
};
const within = (body: string): string => `export default n=>{${body};return{onVerdict:n.send}}`;

/** What a script may be made of: what takes most memory for a byte, and what takes least. */
const texts: Record<string, string> = {
  "rules, 0.5 KB": rules(512),
  "rules, 1 KB": rules(1024),
  "rules, 2 KB": rules(2048),
  "rules, 4 KB": rules(4096),
  functions: within(`let f=[${"x=>x,".repeat(100)}]`),
  classes: within(Array.from({ length: 50 }, (_, i) => `class A${i}{}`).join("")),
  numbers: within(`let f=[${"1.5,".repeat(300)}]`),
  arrays: within(`let f=[${"[],".repeat(200)}]`),
  calls: within("n.a(n.b(n.c()));".repeat(60)),
  arithmetic: within(`let a=0;${"a+=a*a+a/a-a;".repeat(60)}`),
  names: within(Array.from({ length: 100 }, (_, i) => `n.nameOfSomething${i}`).join(";")),
  text: within(`n.log("${"lorem ipsum ".repeat(120)}")`),
};

async function withFile<Result>(text: string, use: (file: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-test-"));
  try {
    const file = path.join(folder, "app.js");
    await writeFile(file, text);
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

needs(board)(
  "compiling a script takes no more of the emulated chip's memory than is said, and not much less",
  async (t) => {
    t.timeout(900_000);
    const chip = await buildChip(program);
    const heapOf = (text: string): Promise<number> =>
      withFile(text, async (file) => {
        const { exitCode, lines, stderr, report } = await runChip(chip, { resources: { "app.js": file } });
        t.is(exitCode, 0, stderr);
        t.deepEqual(lines, ['{"outcome":"ok","text":""}'], stderr);
        return report.memory!.heap;
      });
    const without = await heapOf("");
    for (const [what, text] of Object.entries(texts)) {
      const taken = (await heapOf(text)) - without;
      const said = await compileMemory(text);
      t.log(`${what}: ${text.length} bytes, ${taken} bytes of memory, at most ${said} said`);
      t.true(taken <= said, `${what}: takes ${taken}, said ${said}`);
      t.true(said <= 1.2 * taken + 8192, `${what}: takes ${taken}, said ${said}`);
    }
  },
);

needs(board)(
  "the largest script that is packed starts and runs on a node with as much memory as an ESP32",
  async (t) => {
    t.timeout(900_000);
    const node = await readNode(path.join(loamRoot, "node.config.json"));
    const config = { ...node, app: { ...node.app, limits: { ...scriptDefaults, bytes: 28_672 } } };
    let bytes = 512;
    for (let step = 1024; step >= 32; step /= 2) {
      const { compile, room, start, limit } = await scriptMemory(config, rules(bytes + step));
      if (compile <= room && start <= limit) bytes += step;
    }
    const text = rules(bytes);
    await t.notThrowsAsync(requireScriptMemory(config, "app", text));
    await t.throwsAsync(requireScriptMemory(config, "app", rules(bytes + 200)), {
      message: /to compile its [\d,]+ bytes takes up to .* short\)/,
    });
    t.log(`${text.length} bytes`);
    const ram = measuredNode().natives + xsBytes() + compileRoom(config);
    const chip = await buildChip();
    const { journal } = await withFile(text, (file) =>
      recordedDay(t, config).then((recording) =>
        runWindows({ recording, config }, 3, (given) =>
          runChip(chip, { ...given, ram, resources: { ...given.resources, "app.js": file } }),
        ),
      ),
    );
    const events = journal.map((line) => JSON.parse(line) as { event: string; text?: string });
    t.deepEqual(
      events.filter(({ event }) => event === "script failed"),
      [],
    );
    t.true(events.some(({ event, text }) => event === "log" && text === "rule 0"));
  },
);
