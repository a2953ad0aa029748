import { fileURLToPath } from "node:url";
import { bundle, pageStyle } from "../web/bundle.js";

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
  const [program, style] = await Promise.all([
    bundle(fileURLToPath(new URL("client/main.tsx", import.meta.url)), "esm"),
    pageStyle(new URL("style.css", import.meta.url)),
  ]);
  return [
    { path: "/", type: "text/html; charset=utf-8", content: html },
    { path: "/app.js", type: "text/javascript; charset=utf-8", content: program },
    { path: "/style.css", type: "text/css; charset=utf-8", content: style },
  ];
}
