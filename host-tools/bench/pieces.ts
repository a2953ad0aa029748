/** npm run bench:pieces -- MCUNET VWW: measures models in pieces, and writes the table of docs/backends.md. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import type { Board } from "../board/index.js";
import { inputBytes } from "../inference/graph.js";
import { withInt8Ends } from "../inference/int8Ends.js";
import { fitModel } from "../inference/pieces.js";
import { readModel } from "../inference/readModel.js";
import { UserError } from "../lib/errors.js";
import { measure, type Bench } from "./measure.js";
import { writeMeasured } from "./measuredText.js";

const boards = ["rv32", "lx6"] as const satisfies readonly Board[];
const n = (value: number): string => value.toLocaleString("en-US");

interface Piece {
  title: string;
  model: TfliteModel;
  arena: number;
  external: readonly number[];
}

type Measured = Record<Board, Bench>;

async function measureOn(file: string, external: readonly number[]): Promise<Measured> {
  const options = { sizes: false, external };
  return { rv32: await measure(file, "rv32", options), lx6: await measure(file, "lx6", options) };
}

/** A row of the table. @throws UserError when the pieces give other bytes than the whole, or do not fit */
async function row({ title, model, arena, external }: Piece, folder: string): Promise<string> {
  const files = { whole: path.join(folder, "whole.tflite"), pieces: path.join(folder, "pieces.tflite") };
  await writeFile(files.whole, writeTflite(model));
  await writeFile(files.pieces, writeTflite((await fitModel(model, arena, external)).model));
  const [whole, pieces] = [await measureOn(files.whole, []), await measureOn(files.pieces, external)];
  for (const board of boards)
    if (pieces[board].hash !== whole[board].hash)
      throw new UserError(`${title}: on ${board} the pieces give other bytes than the whole`);
  if (pieces.rv32.arena > arena)
    throw new UserError(`${title}: ${n(pieces.rv32.arena)} bytes of arena, ${n(arena)} given`);
  const cells = boards.flatMap((board) => [
    `${n(whole[board].arena)} -> ${n(pieces[board].arena)}`,
    `${n(whole[board].count)} -> ${n(pieces[board].count)}`,
    (pieces[board].count / whole[board].count).toFixed(3),
  ]);
  return `| ${[title, ...cells].join(" | ")} |`;
}

/** What no pieces fit into is refused with the least that they need. */
async function leastOf(model: TfliteModel): Promise<string> {
  const refusal = await fitModel(model, 1).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
  const least = /needs at least ([\d,]+) bytes of arena in pieces/.exec(refusal)?.[1];
  if (least === undefined) throw new UserError(`no pieces of the model take less than the whole: ${refusal}`);
  return least;
}

async function measurePieces(mcunet: string, vww: string): Promise<string> {
  const { model } = await readModel(mcunet);
  const { model: mlperf } = await readModel(vww);
  const rows: Piece[] = [
    {
      title: "MCUNet's visual wake words (80x80), `--arena 49152 --io int8`",
      model: withInt8Ends(model),
      arena: 49_152,
      external: [],
    },
    { title: "visual wake words of MLPerf Tiny, `--arena 36000`", model: mlperf, arena: 36_000, external: [] },
    { title: "the same, `--arena 24000 --external-input 0`", model: mlperf, arena: 24_000, external: [0] },
  ];
  const folder = await mkdtemp(path.join(tmpdir(), "loam-pieces-"));
  try {
    const lines = [
      "| model | arena, RV32IMC | instructions | times | arena, LX6 | instructions | times |",
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ];
    for (const piece of rows) lines.push(await row(piece, folder));
    const words = `With the input in the arena the least that \`loam plan\` finds for the last is ${await leastOf(mlperf)} bytes, of which the input takes ${n(inputBytes(mlperf, 0))}.`;
    return [...lines, "", words].join("\n");
  } finally {
    await rm(folder, { recursive: true });
  }
}

const [mcunet, vww] = process.argv.slice(2);
if (!mcunet || !vww)
  throw new UserError(
    "two files expected: assets/vww.tflite of github.com/mit-han-lab/tinyengine, and vww.tflite of MLPerf Tiny",
  );
await writeMeasured("docs/backends.md", "pieces", await measurePieces(mcunet, vww));
