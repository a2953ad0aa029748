// Slow: a simulated node with its radio
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { exampleNode as exampleFiles } from "../../host-tools/node/nodeFolder.js";
import { cloudFolder, CloudProcess } from "./server.js";

test("a simulated node defers, the cloud decides, and the node hears it in its receive windows and acts", async (t) => {
  t.timeout(600_000);
  const folder = await cloudFolder(t);
  // Sure of nothing, so that it defers its first window.
  const description = JSON.parse(await readFile(exampleFiles.description, "utf8")) as Record<string, object>;
  description["policy"] = { ...description["policy"], threshold: 1 };
  const node = path.join(folder, "node.config.json");
  await writeFile(node, JSON.stringify(description));
  const cloud = new CloudProcess(t, folder, "--demo", "1", "--node", node);
  const { url } = (await cloud.line("page")) as { url: string };
  const { sequence } = await cloud.line("decided");
  const { devEui } = await cloud.line("decision heard");
  for (;;) {
    const heard = cloud.lines.filter((line) => line["event"] === "decision heard");
    if (heard.some((line) => line["outcome"] === "acted")) break;
    t.true(heard.length < 20, "twenty decisions, and none in time");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  t.like(await (await fetch(`${url}api/kind`)).json(), { name: "irrigation", isSimulated: true });
  const deferrals = (await (await fetch(`${url}api/deferrals?devEui=${String(devEui)}`)).json()) as object[];
  t.like(deferrals.at(-1), { sequence, content: "window" });
  t.is(await cloud.end("SIGINT"), 0, cloud.stderr);
});
