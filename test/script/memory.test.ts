import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { scriptDefaults } from "../../device/config.js";
import { describeScript, requireScriptMemory } from "../../host-tools/budget/scriptMemory.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { scriptSection } from "../../host-tools/script/pack.js";
import { rules } from "./rules.js";

const example = readNode(path.join(loamRoot, "node.config.json"));

test("a script that the node has no memory to compile is refused, with figures", async (t) => {
  const node = await example;
  const config = { ...node, app: { ...node.app, limits: { ...scriptDefaults, bytes: 60_000 } } };
  await t.throwsAsync(requireScriptMemory(config, "app", rules(3072)), {
    message:
      /^app: to compile its 3,0\d\d bytes takes up to [\d,]+ bytes of the node's memory, an esp32 has [\d,]+ then \([\d,]+ short\): shorten it/,
  });
});

test("a script that needs more memory of its own than it may have is refused, with figures", async (t) => {
  await t.throwsAsync(requireScriptMemory(await example, "app", rules(2048)), {
    message:
      /^app: to start it takes [\d,]+ bytes of its own memory, app.limits.bytes is 20,480 \([\d,]+ short\): raise that, or shorten it$/,
  });
});

test("a script that the node can compile and start is taken, and what it takes grows with it", async (t) => {
  const config = await example;
  const small = await requireScriptMemory(config, "app", rules(512));
  const larger = await requireScriptMemory(config, "app", rules(1400));
  t.true(small.compile < larger.compile && larger.compile < larger.room);
  t.true(small.start < larger.start && larger.start <= larger.limit);
});

test("docs/scripts.md has what loam script pack says of the example's app script", async (t) => {
  const { code } = await scriptSection(path.join(loamRoot, "device/app"));
  const said = describeScript(await requireScriptMemory(await example, "app", code));
  const docs = await readFile(path.join(loamRoot, "docs/scripts.md"), "utf8");
  t.deepEqual(docs.match(/^app script in a package: .*$/gm), [said]);
});
