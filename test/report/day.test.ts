// Slow: a browser
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "ava";
import { chromium as playwright } from "playwright-core";
import { chromiumArguments, findChromium } from "../../host-tools/lib/browser.js";
import { mostTelling } from "../../host-tools/example/choose.js";
import { writeReport } from "../../host-tools/report/page.js";
import { chromium, needs } from "../helpers/needs.js";
import { data, dayOf } from "./helpers/data.js";

const evening = Date.UTC(2026, 2, 1, 18) / 1000;

const recordings = {
  "across midnight": {
    course: { from: evening, windows: 99, everySeconds: 600, seconds: 30, sensors: 1 },
    span: "2026-03-01 18:00 to 2026-03-02 10:20 UTC, 16 h 21 min",
    ticks: ["18:00", "2 Mar", "10:00"],
  },
  "twenty seconds": {
    course: { from: evening, windows: 20, everySeconds: 1, seconds: 1, sensors: 1 },
    span: "2026-03-01 18:00:00 to 2026-03-01 18:00:20 UTC, 20 s",
    ticks: ["18:00:00", "18:00:10", "18:00:20"],
  },
  "weeks, with holes": {
    course: { from: evening, windows: 30, everySeconds: 86400, seconds: 600, sensors: 2, missing: [7, 8, 9, 20] },
    span: "2026-03-01 18:00 to 2026-03-30 18:10 UTC, 4 weeks 1 day",
    ticks: ["8 Mar", "29 Mar"],
  },
  "eight sensors on a clock of their own": {
    course: { from: 0, windows: 60, everySeconds: 900, seconds: 30, sensors: 8 },
    span: "00:00 to 14:45 on its own clock, 14 h 46 min",
    ticks: ["00:00", "14:00", ...Array.from({ length: 7 }, (_, sensor) => `sensor ${sensor + 2} (%)`)],
  },
};

needs(chromium)("the day's axis fits any recording, and each sensor has room", async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "loam-report-"));
  const browser = await playwright.launch({ executablePath: findChromium(), args: chromiumArguments });
  try {
    for (const [name, { course, span, ticks }] of Object.entries(recordings)) {
      const file = path.join(folder, "report.html");
      await writeReport(file, { ...data, day: dayOf(course) });
      const page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
      await page.goto(`file://${file}`);
      await page.waitForSelector("html[data-ready]");
      t.true((await page.textContent("#day p"))!.startsWith(span), name);
      const texts = await page.$$eval("#day svg text", (elements) => elements.map((it) => it.textContent));
      for (const tick of ticks) t.true(texts.includes(tick), `${name}: ${tick} in ${texts.join("|")}`);
      const [, sensors] = await page.$$eval("#day .chart", (elements) => elements.map((it) => it.clientHeight));
      t.true(sensors! >= 90 * course.sensors, name);
      await page.close();
    }
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
});

test("the most telling recording is shown: most classes, then most evenly, then the first", (t) => {
  const choose = (...rows: string[]) => {
    const all = rows.join("");
    return mostTelling({
      classes: ["a", "b", "c"],
      files: { train: [], validation: [], test: rows.map((_, index) => `${index}.csv`) },
      test: {
        count: all.length,
        features: new Float32Array(0),
        labels: Int32Array.from(all, (letter) => "abc".indexOf(letter)),
        files: Int32Array.from(rows.flatMap((row, index) => Array.from(row, () => index))),
        times: new Float64Array(all.length),
      },
    });
  };
  t.is(choose("aaaa", "abc", "aab").file, "1.csv");
  t.is(choose("aaaaaab", "aabb", "abab").file, "1.csv");
  t.like(choose("aa", "bc"), {
    file: "1.csv",
    windows: 2,
    why: "of 2 held-out recordings the one with most classes, 2 of 3, and these most evenly",
  });
  t.is(choose("ab").why, "the only held-out recording");
});
