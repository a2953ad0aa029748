// Slow: a browser
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "ava";
import { chromium as playwright } from "playwright-core";
import { chromiumArguments, findChromium } from "../../host-tools/lib/browser.js";
import { writeReport } from "../../host-tools/report/page.js";
import { chromium, needs } from "../helpers/needs.js";
import { data } from "./helpers/data.js";

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
        t.true(charts.length >= 7);
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
