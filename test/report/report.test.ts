// Slow: a browser
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { chromium as playwright, type Page } from "playwright-core";
import { chromiumArguments, findChromium } from "../../host-tools/lib/browser.js";
import { writeReport } from "../../host-tools/report/page.js";
import { chromium, needs } from "../helpers/needs.js";
import { data } from "./helpers/data.js";

/** The most confident wrong window is shown first; others by the list, the buttons, and a click on a point. */
async function exploreWindows(t: ExecutionContext, page: Page): Promise<void> {
  const shown = async () => (await page.textContent("#window h3"))!;
  t.is(await shown(), "day.csv, 2026-03-01 19:15: truth </script>, verdict wet with confidence 65.0 %");
  t.is(await page.locator("#wrong tbody tr").count(), 2);
  await page.click("#wrong tbody tr:nth-child(2) button");
  t.regex(await shown(), /18:45: truth <\/script>, verdict wet with confidence 63/);
  await page.click("text=Next window");
  t.is(await shown(), "day.csv, 2026-03-01 19:00: wet, with confidence 64.0 %");
  const names = await page.$$eval("#window .chart", (charts) =>
    charts.map((chart) => chart.getAttribute("aria-label")),
  );
  t.is(names.length, 2);
  for (const name of names) t.regex(name!, /in day\.csv, 2026-03-01 19:00: wet/);
  // The first class's first point is window 0.
  await page
    .locator("#explorer .chart")
    .first()
    .locator("svg path[fill='#2f7d4f'], svg path[fill='#5fbf86']")
    .nth(1)
    .click();
  t.regex(await shown(), /^day\.csv, 2026-03-01 \d\d:[03]0: wet/);
}

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
        const charts = await page.$$eval(".chart", (elements) =>
          elements.map((it) => ({
            name: it.getAttribute("role") === "img" ? it.getAttribute("aria-label") : null,
            isDrawn: it.querySelector("svg path") !== null,
          })),
        );
        t.is(charts.length, 12);
        for (const { name, isDrawn } of charts) t.true(isDrawn && name !== null && name.length > 20, String(name));
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
        await exploreWindows(t, page);
        t.regex((await page.textContent("#scores"))!, /majority always <wet>50\.0 %50\.0 %33\.3 %/);
        t.regex((await page.textContent("#unfit"))!, /2 of 37 windows \(5\.4 %\).*soilmissing240/s);
        // Of "wet" 9 right and 1 wrong that was given to it.
        t.regex((await page.textContent("#confusion table"))!, /precision90\.0 %90\.0 %/);
        t.regex((await page.textContent("#learning"))!, /3 epochs, that of epoch 2 was kept: validation loss 0\.900/);
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
  t.is(html.split("</script>").length - 1, 2);
});
