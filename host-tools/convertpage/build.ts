/** The converter as one HTML file: programs, style, and tfjs's .wasm files are in it, and it asks for nothing. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { pageStart } from "tfjs-to-tflite/page.js";
import { bundle, inScript, jsonInScript, pageStyle } from "../web/bundle.js";
import type { Embedded } from "./client/embedded.js";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** With SIMD and without. Threads want headers of the host that a page cannot count on. */
async function wasmFiles(): Promise<Embedded["wasm"]> {
  const require = createRequire(import.meta.url);
  const dataOf = async (name: string): Promise<string> => {
    const bytes = await readFile(require.resolve(`@tensorflow/tfjs-backend-wasm/dist/${name}`));
    return `data:application/wasm;base64,${bytes.toString("base64")}`;
  };
  return { plain: await dataOf("tfjs-backend-wasm.wasm"), simd: await dataOf("tfjs-backend-wasm-simd.wasm") };
}

export async function convertPage(): Promise<string> {
  const [main, worker, wasm, style] = await Promise.all([
    bundle(here("client/main.tsx")),
    bundle(here("client/worker.ts")),
    wasmFiles(),
    pageStyle(new URL("style.css", import.meta.url)),
  ]);
  const embedded: Embedded = { worker, wasm };
  return `${pageStart}<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><style>${style}</style></head><body><div id="page"></div>
<script type="application/json" id="embedded">${jsonInScript(embedded)}</script>
<script>${inScript(main)}</script></body></html>
`;
}
