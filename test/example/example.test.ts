// Slow: the whole way, from recordings to the report
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { loamRoot } from "../../host-tools/lib/paths.js";
import type { ReportData } from "../../host-tools/report/data.js";

const loam = path.join(loamRoot, "host-tools/bin/loam.js");

/** The whole pipeline with few days and one epoch: it learns nothing, but every step runs. */
async function short(out: string): Promise<ReportData> {
  const { stdout } = await execa("node", [
    loam,
    "example",
    "--out",
    out,
    "--days",
    "6",
    "--epochs",
    "1",
    "--fine-tune-epochs",
    "1",
    "--seed",
    "7",
    "--json",
  ]);
  return JSON.parse(stdout) as ReportData;
}

test("the whole pipeline, twice: the same figures both times, and a report page with them", async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "loam-example-"));
  try {
    const first = await short(path.join(folder, "a"));
    const second = await short(path.join(folder, "b"));
    t.deepEqual({ ...second, made: "", command: "" }, { ...first, made: "", command: "" });
    t.regex(first.command, /^npx loam example --out .* --seed 7/);

    t.deepEqual(
      first.stages.map((stage) => stage.name),
      ["float", "pruned", "int8"],
    );
    const [float, pruned, int8] = first.stages;
    t.true(float!.bytes > pruned!.bytes && pruned!.bytes > int8!.bytes);
    t.true(int8!.bytes <= 180_000, `${int8!.bytes} bytes`);
    t.true(first.arena.micro <= first.node.arenaBudget && first.arena.micro < first.arena.tflm);
    for (const stage of first.stages)
      t.is(
        stage.confusion.flat().reduce((sum, count) => sum + count, 0),
        first.recordings.test,
      );

    const { explorer, unfit, learning } = first;
    t.is(explorer.windows.length, first.recordings.test);
    const wrong = explorer.windows.filter(({ truth, verdict }) => truth !== verdict);
    t.is(wrong.length, explorer.wrong);
    t.is(wrong.length, first.recordings.test - int8!.confusion.reduce((sum, row, label) => sum + row[label]!, 0));
    t.is(unfit.windows.length, unfit.count);
    t.is(unfit.fit, first.recordings.train + first.recordings.validation + first.recordings.test);
    t.deepEqual(
      learning.map(({ epochs }) => epochs.length),
      [1, 1],
    );

    const { totals, windows } = first.day;
    t.is(totals.windows, 96);
    t.deepEqual([first.day.times.length, windows.length], [96, 96]);
    t.is(first.day.to - first.day.from, 95 * 900 + 30);
    t.is(windows.filter((window) => window.verdict !== null).length, totals.verdicts);
    t.is(windows.filter((window) => window.decided === "cloud").length, totals.decisions);
    t.true(totals.deferrals > 0 && totals.uplinks > 0 && totals.airtime > 0);
    for (const window of windows) if (window.decided === "node") t.true(window.confidence! >= first.node.threshold);

    const page = await readFile(path.join(folder, "a/report.html"), "utf8");
    const embedded = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page)![1]!;
    t.deepEqual((JSON.parse(embedded) as ReportData).stages, first.stages);
  } finally {
    await rm(folder, { recursive: true });
  }
});
