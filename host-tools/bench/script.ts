import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { deflateRawSync } from "node:zlib";
import type { NodeConfig } from "../../device/config.js";
import { parserBytes } from "../chip/build.js";
import { compileScripts } from "../chip/bytecode.js";
import { buildChip } from "../chip/image.js";
import { hostManifest } from "../node/nodeFolder.js";
import { bundleScript } from "../script/bundle.js";
import { pack } from "../script/pack.js";
import { benchNode, type NodeBench } from "./node.js";

export interface ScriptBenchOptions {
  /** Of the app script. */
  directory: string;
  config: NodeConfig;
  windows: number;
  /** The node with its script as byte code, where that has been measured for as many windows; default: it is here. */
  asByteCode?: NodeBench;
  /** Of both runs together. */
  onWindow?(done: number): void;
}

export interface ScriptFigure {
  figure: string;
  /** A package with source text, as it is. */
  source: number;
  /** The same with byte code in its place. */
  byteCode: number;
}

/** Where the node compiles the text, and where what that leaves is collected; in the other stages of a window the script plays no part, but its sampling varies by more. */
const ofWake = ({ stages }: NodeBench): number =>
  stages
    .filter(({ stage }) => stage === "wake and sleep" || stage === "garbage collection")
    .reduce((sum, { instructions }) => sum + instructions, 0);

const peakOf = ({ memory }: NodeBench, part: string): number => memory.find((row) => row.part === part)!.peak;

/** What an app script costs as source text, which the node compiles at each wake, and as byte code of the firmware's own. */
export async function benchScript({
  directory,
  config,
  windows,
  asByteCode,
  onWindow,
}: ScriptBenchOptions): Promise<ScriptFigure[]> {
  const work = await mkdtemp(path.join(tmpdir(), "loam-bench-"));
  try {
    const { code: text } = await bundleScript(directory);
    const file = path.join(work, "app.js");
    await writeFile(file, text);
    const [compiled] = await compileScripts([{ name: "app", file }]);
    // Without the word that says how much of it is code.
    const byteCode = (await readFile(compiled!.file)).subarray(4);
    const source = Buffer.from(text);
    const { privateKey: key } = generateKeyPairSync("ed25519");
    const { length } = await pack({ config, key, sequence: 1, version: 1, name: "app", script: directory });
    const { program } = await buildChip({ manifest: hostManifest() });
    const asText = await benchNode({ config, windows, script: file, ...(onWindow && { onWindow }) });
    const asCode = asByteCode ?? (await benchNode({ config, windows, onWindow: (done) => onWindow?.(windows + done) }));
    const row = (figure: string, ofText: number, ofCode: number): ScriptFigure => ({
      figure,
      source: ofText,
      byteCode: ofCode,
    });
    const peak = (figure: string, part: string): ScriptFigure =>
      row(figure, peakOf(asText, part), peakOf(asCode, part));
    return [
      row("app script, bytes", source.length, byteCode.length),
      row("deflated", deflateRawSync(source, { level: 9 }).length, deflateRawSync(byteCode, { level: 9 }).length),
      row("package", length, length - source.length + byteCode.length),
      row("flash of the parser", await parserBytes(program), 0),
      row("instructions of waking and sleeping, and of collecting garbage", ofWake(asText), ofWake(asCode)),
      peak("C heap beside XS and arena, most at one time", "native heap"),
      peak("C stack, most at one time", "C stack"),
    ];
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
