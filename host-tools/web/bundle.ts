/** What makes a page one file: its programs as text, and texts that nothing in them can end. */
import { readFile } from "node:fs/promises";
import { build } from "esbuild";

/** A program for browsers, and the parts that it imports, as one script. */
export async function bundle(entry: string, format: "iife" | "esm" = "iife"): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format,
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

/** Text inside a script element, which nothing in it may end. */
export const inScript = (program: string): string => program.replaceAll(/<(?=\/script|!--)/gi, "\\x3C");

/** JSON inside a script element. */
export const jsonInScript = (data: unknown): string => JSON.stringify(data).replaceAll("<", "\\u003c");

/** The style of all pages, and then a page's own. @param own its file */
export async function pageStyle(own: URL): Promise<string> {
  const files = [new URL("theme.css", import.meta.url), new URL("controls.css", import.meta.url), own];
  return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("");
}
