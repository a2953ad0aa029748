import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { writePrepared } from "../inference/prepared.js";
import { UserError } from "../lib/errors.js";
import { run } from "../lib/exec.js";
import { readUserFile } from "../lib/files.js";
import { buildRoot, loamRoot } from "../lib/paths.js";
import { tinyModels } from "./tinyModels.js";

const inference = path.join(loamRoot, "native/inference");
const folder = path.join(buildRoot, "fuzz");

async function buildFuzzer(): Promise<string> {
  const micro = path.join(inference, "micro");
  const names = (await readdir(micro)).sort();
  const sources = [
    ...names.filter((name) => name.endsWith(".c")).map((name) => path.join(micro, name)),
    path.join(inference, "fuzz/fuzzModel.c"),
  ];
  const flags = [
    "-std=c11",
    "-g",
    "-O1",
    "-ffp-contract=off",
    `-I${micro}`,
    "-fsanitize=fuzzer,address,undefined",
    // A prepared table is used whatever its checksum: changed bytes would never pass it.
    "-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION",
    "-fno-sanitize-recover=all",
  ];
  const hash = createHash("sha256").update(flags.join());
  for (const file of [
    ...sources,
    ...names.filter((name) => name.endsWith(".h")).map((name) => path.join(micro, name)),
    ...["backend.h", "inferenceOptions.h"].map((name) => path.join(inference, name)),
  ])
    hash.update(await readFile(file));
  const program = path.join(folder, `fuzzModel-${hash.digest("hex").slice(0, 12)}`);
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  await run("clang", [...flags, "-o", `${program}.new`, ...sources, "-lm"], { install: "apt-get install clang" });
  await rename(`${program}.new`, program);
  return program;
}

export interface FuzzResult {
  runs: number;
  /** Code regions reached, libFuzzer's `cov`. */
  coverage: number;
}

/**
 * Fuzzes the loader and invoke, starting from one small model per operator and the given models; the corpus stays in build/fuzz.
 * @throws MissingTool without clang; UserError with the sanitizer's report and the file of the offending bytes
 */
export async function fuzz(
  seconds: number,
  models: readonly string[] = [],
  note: (line: string) => void = () => {},
): Promise<FuzzResult> {
  const program = await buildFuzzer();
  const corpus = path.join(folder, models.length ? "corpus-models" : "corpus");
  const seeds = path.join(folder, models.length ? "seeds-models" : "seeds");
  await mkdir(corpus, { recursive: true });
  await mkdir(seeds, { recursive: true });
  for (const { name, model } of tinyModels()) {
    await writeFile(path.join(seeds, `${name}.tflite`), model);
    await writeFile(path.join(seeds, `${name}-prepared.tflite`), (await writePrepared(readTflite(model))).bytes);
  }
  let longest = 4096;
  for (const file of models) {
    const bytes = await readUserFile(file, "the model");
    longest = Math.max(longest, bytes.length + 64);
    await writeFile(path.join(seeds, path.basename(file)), bytes);
  }
  const child = execa(
    program,
    [
      `-max_total_time=${seconds}`,
      `-max_len=${longest}`,
      "-timeout=20",
      "-rss_limit_mb=2048",
      "-print_final_stats=1",
      `-artifact_prefix=${folder}/found-`,
      corpus,
      seeds,
    ],
    { reject: false, all: true },
  );
  child.all.on("data", (text: Buffer) => {
    for (const line of text.toString().split("\n")) if (/pulse|ERROR|NEW_FUNC/.test(line)) note(line);
  });
  const result = await child;
  const text = result.all;
  if (result.failed) throw new UserError(`the fuzzer found a fault:\n${text.slice(-6000)}`);
  return {
    runs: Number(/stat::number_of_executed_units:\s*(\d+)/.exec(text)?.[1] ?? 0),
    coverage: Number([...text.matchAll(/cov: (\d+)/g)].at(-1)?.[1] ?? 0),
  };
}
