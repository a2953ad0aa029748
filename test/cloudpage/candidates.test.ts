// Slow: a browser
import { chromium as playwright } from "playwright-core";
import { openPage } from "../../host-tools/cloudpage/server.js";
import { chromiumArguments, findChromium } from "../../host-tools/lib/browser.js";
import { saveCandidate } from "../../host-tools/store/candidates.js";
import { listDeferrals } from "../../host-tools/store/deferrals.js";
import { labelDeferral } from "../../host-tools/store/personLabels.js";
import { chromium, needs } from "../helpers/needs.js";
import { kind, start, storeWithDay } from "./fleet.js";
import { inEachView } from "./views.js";

needs(chromium)(
  "the page shows what a retrained network changes on the deferred windows, by labels that come meanwhile",
  async (t) => {
    const store = await storeWithDay();
    const deferrals = await listDeferrals(store, { limit: 100 });
    const verdicts = deferrals.map(({ id, label }, i) => ({
      ...{
        uplinkId: id,
        label: i < 3 ? (label + 1) % 3 : label,
        confidence: i < 5 ? 0.95 : 0.4,
        isTrained: i < 2 ? 1 : 0,
      },
    }));
    const candidate = { id: "00112233445566aa", name: "winter", threshold: 0.7, person: "ann", comparedAt: start };
    await saveCandidate(store, candidate, verdicts);
    const { url, close } = await openPage(store, kind, { host: "127.0.0.1", port: 0 });
    const browser = await playwright.launch({ executablePath: findChromium(), args: chromiumArguments });
    try {
      await inEachView(t, browser, url, async ({ page, look }) => {
        await page.goto(`${url}#candidates`);
        const table = page.getByRole("region", { name: "winter" }).getByRole("table").first();
        const row = (name: string) => table.getByRole("row", { name }).getByRole("cell").allTextContents();
        await table.waitFor();
        const all = deferrals.length;
        const percent = (part: number, whole: number) => `${part} of ${whole}, ${Math.round((100 * part) / whole)} %`;
        t.deepEqual(await row("another class than the node's"), [percent(3, all), percent(1, all - 2)]);
        t.deepEqual(await row("sure: would act, and not ask"), [percent(5, all), percent(3, all - 2)]);
        await page.getByText("windows with another class").click();
        await page.getByText("trained on it").nth(1).waitFor();
        t.is(await page.getByText("trained on it").count(), 2);
        await look("candidates");
      });
      const page = await browser.newPage();
      await page.goto(`${url}#candidates`);
      const right = page.getByRole("row", { name: "right by persons' labels: this network" }).getByRole("cell");
      await right.first().waitFor();
      t.deepEqual(await right.allTextContents(), ["-", "-"]);
      const { uplinkId, label } = verdicts[2]!;
      await labelDeferral(store, { uplinkId, label, person: "ann", labelledAt: start });
      await page.reload();
      await right.first().waitFor();
      t.deepEqual(await right.allTextContents(), ["1 of 1, 100 %", "1 of 1, 100 %"]);
      await page.getByRole("button", { name: "remove" }).click();
      await page.getByText("None yet").waitFor();
    } finally {
      await browser.close();
      await close();
      await store.close();
    }
  },
);
