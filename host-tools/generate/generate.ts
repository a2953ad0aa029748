import { readFile } from "node:fs/promises";
import path from "node:path";
import { format, getFileInfo, resolveConfig } from "prettier";
import { loamRoot } from "../lib/paths.js";
import { generatedFiles } from "./files.js";

/** What each generated file should hold, text formatted as the rest of the code is. */
export async function generate(): Promise<[file: string, content: Uint8Array][]> {
  const ignorePath = path.join(loamRoot, ".prettierignore");
  return Promise.all(
    (await generatedFiles()).map(async ({ file, make }): Promise<[string, Uint8Array]> => {
      const whole = path.join(loamRoot, file);
      const content = await make();
      if (typeof content !== "string") return [whole, content];
      const { ignored, inferredParser } = await getFileInfo(whole, { ignorePath });
      if (ignored || inferredParser === null) return [whole, Buffer.from(content)];
      return [whole, Buffer.from(await format(content, { ...(await resolveConfig(whole)), filepath: whole }))];
    }),
  );
}

/** Files that are not what they would be made now. */
export async function staleFiles(): Promise<string[]> {
  const stale: string[] = [];
  for (const [file, content] of await generate()) {
    const found = await readFile(file).catch(() => undefined);
    if (!found?.equals(content)) stale.push(path.relative(loamRoot, file));
  }
  return stale;
}
