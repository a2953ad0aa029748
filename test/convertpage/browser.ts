/** The converter's page in a browser, as a person uses it. */
import { readFileSync } from "node:fs";
import { chromium as playwright, type Browser, type Page } from "playwright-core";
import { chromiumArguments, findChromium } from "../../host-tools/lib/browser.js";

export const launch = (): Promise<Browser> =>
  playwright.launch({ executablePath: findChromium(), args: chromiumArguments });

/** What goes wrong on a page from now on: errors, warnings, and requests of anything but itself. */
export function complaintsOf(page: Page, url = ""): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url()) && request.url() !== url) complaints.push(request.url());
  });
  return complaints;
}

/** Files from the disk dropped onto a part of the page, as a person's hand does it. */
export async function dropFiles(page: Page, title: string, ...files: string[]): Promise<void> {
  const place = page.getByRole("group", { name: title, exact: true });
  await place.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await place.boundingBox())!;
  const client = await page.context().newCDPSession(page);
  const where = { x: x + width / 2, y: y + height / 2 };
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await client.send("Input.dispatchDragEvent", { type, ...where, data });
  await client.detach();
}

export async function download(page: Page, name: string): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name, exact: true }).click(),
  ]);
  return readFileSync(await file.path());
}

/** The texts of a table's column, below its head. */
export const column = (page: Page, head: string): Promise<string[]> =>
  page.evaluate((name) => {
    const heads = [...document.querySelectorAll("th")].map(({ textContent }) => textContent);
    const at = heads.indexOf(name);
    return [...document.querySelectorAll("tbody tr")].map((row) => row.children[at]!.textContent);
  }, head);
