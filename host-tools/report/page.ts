import { fileURLToPath } from "node:url";
import { textKind } from "../lib/fileKinds.js";
import { writeFileAtomic } from "../lib/files.js";
import { bundle, inScript, jsonInScript, pageStyle } from "../web/bundle.js";
import { escapeHtml } from "../web/format.js";
import type { ReportData } from "./data.js";
import { packReport } from "./pack.js";

const start = '<!doctype html><html lang="en"><head><meta charset="utf-8">';
export const reportKind = textKind("a report", start);

/** The page as self-contained HTML: style, program and data are inside, nothing is fetched. */
async function renderReport(data: ReportData): Promise<string> {
  const [program, style] = await Promise.all([
    bundle(fileURLToPath(new URL("client/main.tsx", import.meta.url))),
    pageStyle(new URL("style.css", import.meta.url)),
  ]);
  return `${start}<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(data.title)}</title><link rel="icon" href="data:,"><style>${style}</style></head><body><div id="page"></div>
<script type="application/json" id="report">${jsonInScript(packReport(data))}</script><script>${inScript(program)}</script></body></html>
`;
}

export async function writeReport(file: string, data: ReportData): Promise<void> {
  await writeFileAtomic(file, await renderReport(data));
}
