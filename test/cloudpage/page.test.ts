// Slow: a browser
import path from "node:path";
import { chromium as playwright, type Locator, type Page } from "playwright-core";
import { encodeReport, ports } from "../../device/codec/codec.js";
import { openPage } from "../../host-tools/cloudpage/server.js";
import { chromiumArguments, findChromium } from "../../host-tools/lib/browser.js";
import { storeNetwork } from "../../host-tools/store/networks.js";
import { chromium, needs } from "../helpers/needs.js";
import { devEui, kind, start, storeWithDay, take, takeDeferral } from "./fleet.js";
import { inEachView, shots } from "./views.js";

const isInView = (heading: string): boolean => {
  const found = [...document.querySelectorAll("h2")].find(({ textContent }) => textContent === heading);
  const { top, bottom } = found!.getBoundingClientRect();
  return top > -1 && bottom <= innerHeight;
};

/** Of the screenshot's pixel in the middle of what is round `link`'s mark, as #rrggbb. */
async function colourAt(page: Page, file: string, link: Locator): Promise<string> {
  const { x, y, width, height } = (await link.locator("path").boundingBox())!;
  const clip = { x: Math.round(x + width / 2), y: Math.round(y + height / 2), width: 1, height: 1 };
  const shot = (await page.screenshot({ path: file, fullPage: true, clip })).toString("base64");
  return await page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const context = document.createElement("canvas").getContext("2d")!;
    context.drawImage(image, 0, 0);
    return `#${[...context.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((one) => one.toString(16).padStart(2, "0")).join("")}`;
  }, shot);
}

needs(chromium)(
  "fleet, node, deferrals and API in light, dark and on a phone: no error, nothing from elsewhere",
  async (t) => {
    const store = await storeWithDay();
    const network = await storeNetwork(store, {
      ...{ profile: "00", frames: 2, features: ["soil.mean", "soil.slope", "air.max"], classes: kind.classes },
      ...{ mean: [20, 0, 10], deviation: [8, 1, 4], scale: 0.5, zeroPoint: 2 },
    });
    await store.db.updateTable("deferrals").set({ network }).execute();
    const { url, close } = await openPage(store, kind, { host: "127.0.0.1", port: 0 });
    const browser = await playwright.launch({ executablePath: findChromium(), args: chromiumArguments });
    try {
      await inEachView(t, browser, url, async ({ page, view, width, look }) => {
        await page.goto(url);
        const north = page.getByRole("link", { name: "north <field>", exact: true });
        await north.waitFor();
        t.is(await page.getByRole("row").count(), 3);
        const map = page.getByRole("group", { name: "Map of the fleet, north up" });
        const marks = map.getByRole("link");
        t.is(await marks.count(), 2);
        const [box, ...places] = await Promise.all(
          [map, marks.first(), marks.last()].map(async (one) => (await one.boundingBox())!),
        );
        const [first, second] = places as [typeof box, typeof box];
        t.true(first!.x > second!.x && first!.y < second!.y, "the first is in the north and east of the second");
        for (const { x, y, width: wide, height } of places)
          t.true(x >= box!.x && y >= box!.y && x + wide <= box!.x + box!.width && y + height <= box!.y + box!.height);
        // What is drawn there, not what the document says of it.
        const drawn = await colourAt(page, path.join(shots, `mark-${view}.png`), marks.first());
        t.is(
          drawn,
          await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--series1")),
        );
        t.regex((await marks.last().getAttribute("aria-label"))!, /^south field, never heard/);
        t.regex((await marks.first().getAttribute("aria-label"))!, /^north <field>, fault, last heard/);
        await look("fleet");

        await north.click();
        await page.getByRole("combobox", { name: "feature" }).selectOption("soil.slope");
        const course = /^soil\.slope of north <field> by time/;
        for (const name of [
          /^Verdicts of north/,
          /^Confidence of/,
          /^When the actuators/,
          course,
          /^RSSI/,
          /^Battery/,
        ]) {
          const chart = page.getByRole("img", { name });
          await chart.locator("svg path").first().waitFor({ state: "attached" });
        }
        t.regex((await page.textContent("main"))!, /actuators: pump.*stuck, soil, 3 times/s);
        t.regex((await page.textContent("main"))!, /since .*: firmware 1\.2\.3, app script 9/);
        await look("node");

        await page.getByRole("link", { name: "deferrals" }).click();
        await page.getByRole("heading", { name: "Deferrals" }).waitFor();
        await page.getByRole("row").nth(12).waitFor();
        t.regex((await page.getByRole("row").nth(1).textContent())!, /normal, 50 %dry 90 %sent/);
        await page
          .getByLabel(/^class of the window of 70b3d57ed0000001/)
          .first()
          .selectOption("leak");
        const select = (await page
          .getByLabel(/^class of the window/)
          .first()
          .boundingBox())!;
        t.true(select.x >= 0 && select.x + select.width <= width, "a class can be chosen without scrolling sideways");
        await page.getByLabel("only those that wait for a person").check();
        await page.getByRole("row").nth(12).waitFor({ state: "detached" });
        await page.getByRole("row").nth(11).waitFor();
        t.is(await page.getByRole("row").count(), 12);
        await look("deferrals");

        await page.getByRole("link", { name: "api", exact: true }).click();
        await page.getByRole("heading", { name: "GET /api/nodes/{devEui}/timeline" }).waitFor();
        await page.getByRole("link", { name: "DeferralWithWindow" }).click();
        await page.waitForFunction(isInView, "DeferralWithWindow");
        await look("api");
      });

      const page = await browser.newPage();
      await page.goto(url);
      await page.getByRole("row", { name: /north <field>.*leak/ }).waitFor();
      const live = encodeReport({ sequence: 500, time: start + 90000, label: 1, confidence: 1, actions: 0, count: 1 });
      await take(store, ports.report, live, Date.now() / 1000);
      await page.getByRole("row", { name: /north <field>.*dry/ }).waitFor({ timeout: 60_000 });
      for (const link of await page.getByRole("link", { name: /^north <field>/ }).all())
        t.is(await link.getAttribute("href"), `#node/${devEui}`);

      await takeDeferral(store, 501, Date.now() / 1000, 0, 1795920521);
      await page.setViewportSize({ width: 375, height: 900 });
      for (const place of ["deferrals", `node/${devEui}`]) {
        await page.goto(`${url}#${place}`);
        const missing = page.getByRole("alert").filter({ hasText: "package 1795920521" });
        await missing.waitFor();
        t.regex((await missing.textContent())!, /not decided: .*add \{ .*"sequence": 1795920521 \} to networks in/);
        t.false(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), place);
      }
      t.regex((await page.textContent("main"))!, /Network: of package 1795920521, said/);
    } finally {
      await browser.close();
      await close();
      await store.close();
    }
  },
);
