import { mkdirSync } from "node:fs";
import path from "node:path";
import type { ExecutionContext } from "ava";
import type { Browser, Page } from "playwright-core";
import { buildRoot } from "../../host-tools/lib/paths.js";

export const shots = path.join(buildRoot, "test", "cloudpage");
mkdirSync(shots, { recursive: true });

export interface View {
  page: Page;
  /** Of what is shown, in names of pictures. */
  view: string;
  width: number;
  /** Takes a picture; nothing may be wider than the screen. */
  look(what: string): Promise<void>;
}

/** In light, in dark and on a phone. Afterwards the browser must have complained of nothing, and asked nobody else than the cloud. */
export async function inEachView(
  t: ExecutionContext,
  browser: Browser,
  url: string,
  run: (view: View) => Promise<void>,
): Promise<void> {
  for (const [colorScheme, width] of [
    ["light", 1200],
    ["dark", 1200],
    ["light", 375],
  ] as const) {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
    const view = `${colorScheme}-${width}`;
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith("data:")) complaints.push(request.url());
    });
    const look = async (what: string) => {
      t.false(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), `${what}: ${view}`);
      await page.screenshot({ path: path.join(shots, `${what}-${view}.png`), fullPage: true });
    };
    await run({ page, view, width, look });
    t.deepEqual(complaints, [], view);
    await page.close();
  }
}
