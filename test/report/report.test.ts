// Slow: a browser
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "ava";
import { chromium as playwright } from "playwright-core";
import { chromiumArguments, findChromium } from "../../host-tools/lib/browser.js";
import type { ReportData, Stage } from "../../host-tools/report/data.js";
import { writeReport } from "../../host-tools/report/page.js";
import { chromium, needs } from "../helpers/needs.js";

const stage = (name: string, bytes: number): Stage => ({
  name,
  bytes,
  note: "invented for this test",
  parameters: bytes / 4,
  accuracy: 0.9,
  balancedAccuracy: 0.9,
  macroF1: 0.9,
  calibrationError: 0.03,
  confusion: [
    [9, 1],
    [1, 9],
  ],
  reliability: [
    { confidence: 0.6, accuracy: 0.5, count: 4 },
    { confidence: 0.95, accuracy: 1, count: 16 },
  ],
});

const data: ReportData = {
  title: "A report & <test>",
  made: "2026-01-01",
  command: "npm test",
  node: {
    name: "n",
    classes: ["wet", "</script>"],
    threshold: 0.7,
    arenaBudget: 49152,
    sensors: [{ name: "soil", unit: "%" }],
  },
  recordings: { simulated: true, train: 10, validation: 5, test: 20 },
  stages: [stage("float", 4000), stage("pruned", 2000), stage("int8", 800)],
  baselines: [{ name: "majority", note: "always <wet>", accuracy: 0.5, balancedAccuracy: 0.5, macroF1: 0.333 }],
  warnings: ["int8: less than <float>"],
  thresholds: [
    { threshold: 0, coverage: 1, accuracy: 0.9 },
    { threshold: 0.7, coverage: 0.75, accuracy: 0.97 },
  ],
  arena: {
    micro: 900,
    tflm: 1900,
    operators: [{ index: 0, operator: "CONV_2D", micro: 900, tflm: 1900, macs: 100, weights: 64 }],
  },
  day: {
    recording: "day.csv",
    site: "s",
    sensors: [{ name: "soil", unit: "%", values: [20, null] }],
    windows: [
      { time: 0, truth: "wet", verdict: "wet", confidence: 0.8, decided: "node", decision: null, actions: [] },
      {
        time: 900,
        truth: "wet",
        verdict: "</script>",
        confidence: 0.6,
        decided: "cloud",
        decision: "wet",
        actions: ["valve on"],
      },
    ],
    totals: {
      windows: 2,
      verdicts: 2,
      reports: 1,
      deferrals: 1,
      decisions: 1,
      actuations: 1,
      uplinks: 2,
      downlinks: 1,
      airtime: 123,
    },
  },
  experiments: {
    seeds: [4, 9],
    ablation: [
      { features: "time", accuracies: [0.7, 0.72], mean: 0.71, deviation: 0.01414 },
      { features: "all", accuracies: [0.9, 0.91], mean: 0.905, deviation: 0.00707 },
    ],
    pruneCost: { mean: -0.003, deviation: 0.001 },
    int8Cost: { mean: 0.0007, deviation: 0.0012 },
  },
};

needs(chromium)(
  "the report renders every plot in light, dark and on a phone without a console error, and fetches nothing",
  async (t) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "loam-report-"));
    const file = path.join(folder, "report.html");
    await writeReport(file, data);
    const browser = await playwright.launch({ executablePath: findChromium(), args: chromiumArguments });
    try {
      for (const [colorScheme, width] of [
        ["light", 1200],
        ["dark", 1200],
        ["light", 375],
      ] as const) {
        const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
        const complaints: string[] = [];
        const requests: string[] = [];
        page.on("console", (message) => {
          if (["error", "warning"].includes(message.type())) complaints.push(message.text());
        });
        page.on("pageerror", (error) => complaints.push(String(error)));
        page.on("request", (request) => {
          if (!/^(file|data):/.test(request.url())) requests.push(request.url());
        });
        await page.goto(`file://${file}`);
        await page.waitForSelector("html[data-ready]");
        t.deepEqual(complaints, []);
        t.deepEqual(requests, []);
        const empty = await page.$$eval("[data-chart]", (elements) =>
          elements.filter((it) => !it.querySelector("svg path")).map((it) => it.getAttribute("data-chart")),
        );
        t.deepEqual(empty, []);
        t.is(await page.textContent("h1"), data.title);
        await page.fill("#threshold", "0.75");
        t.regex((await page.textContent("#threshold-says")) ?? "", /decides 75\.0 % .* right in 97\.0 %/);
        const worth = (await page.textContent("#ablation"))!.replace(/\s+/g, " ");
        t.regex(worth, /\(seeds 4, 9, each with its own simulated days\)/);
        t.regex(worth, /time70\.0 ?72\.0 ?71\.00 ± 1\.41/);
        t.regex(
          worth,
          /pruning followed by fine-tuning costs -0\.30 ± 0\.10 percentage points of accuracy, and int8 0\.07 ± 0\.12 more/,
        );
        t.false(
          await page.evaluate(() => document.documentElement.scrollWidth > innerWidth),
          `the page is wider than ${width}`,
        );
        await page.close();
      }
    } finally {
      await browser.close();
      await rm(folder, { recursive: true });
    }
  },
);

test("text from the data cannot end the script element that carries it", async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "loam-report-"));
  const file = path.join(folder, "report.html");
  await writeReport(file, data);
  const html = await readFile(file, "utf8");
  await rm(folder, { recursive: true });
  t.is(html.split("</script>").length - 1, 3);
});
