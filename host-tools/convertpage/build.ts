/** The converter as one HTML file: programs, style, and tfjs's .wasm files are in it, and it asks for nothing. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { pageStart } from "tfjs-to-tflite/page.js";
import type { Embedded } from "./client/embedded.js";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [here(file)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    charset: "utf8",
    legalComments: "none",
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}

/** With SIMD and without. Threads want headers of the host that a page cannot count on. */
async function wasmFiles(): Promise<Embedded["wasm"]> {
  const require = createRequire(import.meta.url);
  const dataOf = async (name: string): Promise<string> => {
    const bytes = await readFile(require.resolve(`@tensorflow/tfjs-backend-wasm/dist/${name}`));
    return `data:application/wasm;base64,${bytes.toString("base64")}`;
  };
  return { plain: await dataOf("tfjs-backend-wasm.wasm"), simd: await dataOf("tfjs-backend-wasm-simd.wasm") };
}

/** Text inside a script element, which nothing in it may end. */
const inScript = (program: string): string => program.replaceAll(/<(?=\/script|!--)/gi, "\\x3C");
const json = (data: unknown): string => JSON.stringify(data).replaceAll("<", "\\u003c");

export async function convertPage(): Promise<string> {
  const [main, worker, wasm, ...styles] = await Promise.all([
    bundle("client/main.tsx"),
    bundle("client/worker.ts"),
    wasmFiles(),
    readFile(here("../web/theme.css"), "utf8"),
    readFile(here("../web/controls.css"), "utf8"),
    readFile(here("style.css"), "utf8"),
  ]);
  const embedded: Embedded = { worker, wasm };
  return `${pageStart}<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><style>${styles.join("")}</style></head><body><div id="page"></div>
<script type="application/json" id="embedded">${json(embedded)}</script>
<script>${inScript(main)}</script></body></html>
`;
}
