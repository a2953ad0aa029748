import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface PageFile {
  path: string;
  type: string;
  content: string;
}

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>loam cloud</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body><div id="page"></div><script type="module" src="/app.js"></script></body>
</html>
`;

/** The page: nothing in it comes from elsewhere. */
export async function pageFiles(): Promise<PageFile[]> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("client/main.tsx", import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "silent",
  });
  const read = (file: string) => readFile(new URL(file, import.meta.url), "utf8");
  const style = (await Promise.all(["../web/theme.css", "../web/controls.css", "style.css"].map(read))).join("");
  return [
    { path: "/", type: "text/html; charset=utf-8", content: html },
    { path: "/app.js", type: "text/javascript; charset=utf-8", content: outputFiles[0]!.text },
    { path: "/style.css", type: "text/css; charset=utf-8", content: style },
  ];
}
