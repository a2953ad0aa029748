import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test, { type ExecutionContext } from "ava";
import { ByteBuffer } from "flatbuffers";
import { readDescription } from "tfjs-to-tflite/convert/describeOptions.js";
import { convertModel, type ConvertOptions } from "tfjs-to-tflite/convert/index.js";
import { endsOf } from "tfjs-to-tflite/graph/emit.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { infer, type Backend } from "../../host-tools/inference/index.js";
import { writePrepared } from "../../host-tools/inference/prepared.js";
import { bytesOf, numbersOf } from "../../host-tools/inference/realNumbers.js";
import { needs, tflm, unzip } from "../helpers/needs.js";
import { startPlainBackend } from "./backend.js";
import { chanceOf, randomized } from "./randomModels.js";

const folder = mkdtempSync(path.join(tmpdir(), "loam-describe-"));
test.before(startPlainBackend);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const labels = ["daisy", "dandelion", "tulpe é"];
const inside = 90;
const chance = chanceOf(4);
const numbers = Float32Array.from({ length: 16 * inside }, () => chance.normal());

/** Two heads on a picture of 6 x 5. */
function pictures(): tfl.LayersModel {
  const input = tfl.input({ shape: [6, 5, 3], name: "picture" });
  const convolved = tfl.layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu" }).apply(input);
  const pooled = tfl.layers.globalAveragePooling2d({}).apply(convolved);
  const outputs = [
    tfl.layers.dense({ units: 3, activation: "softmax", name: "flower" }).apply(pooled),
    tfl.layers.dense({ units: 2, name: "place" }).apply(pooled),
  ] as tfl.SymbolicTensor[];
  return randomized(tfl.model({ inputs: input, outputs }), 3);
}

async function convert(options: Partial<ConvertOptions> = {}): Promise<Uint8Array> {
  const calibration = tf.tensor(numbers, [16, 6, 5, 3]);
  const { tflite } = await convertModel(pictures(), {
    mode: "int8",
    name: "flowers",
    calibration,
    range: "minmax",
    ...options,
  });
  return tflite;
}

/** Real numbers of each output for the first samples. */
async function results(file: Uint8Array, backend: Backend): Promise<number[][]> {
  const { tensors, inputs, outputs } = readTflite(file).subgraphs[0]!;
  const given = [0, 1, 2].map((run) => [
    bytesOf(tensors[inputs[0]!]!, numbers.subarray(run * inside, (run + 1) * inside)),
  ]);
  const answers = await infer(file, given, { backend });
  return answers.map((answer) =>
    outputs.flatMap((tensor, which) => [...numbersOf(tensors[tensor]!, answer.outputs[which]!)]),
  );
}

const sameEnds = (backend: Backend) => async (t: ExecutionContext) => {
  const plain = await results(await convert(), backend);
  for (const input of endsOf.int8)
    for (const output of endsOf.int8) {
      const file = await convert({ io: { input, output } });
      const { tensors, inputs, outputs } = readTflite(file).subgraphs[0]!;
      t.deepEqual(
        [...inputs, ...outputs].map((tensor) => tensors[tensor]!.type.toLowerCase()),
        [input, output, output],
      );
      t.deepEqual(await results(file, backend), plain, `${input}, ${output}`);
    }
};

for (const backend of ["micro", "tflite"] as const)
  test(`uint8 and float32 ends give the numbers of int8 ones in ${backend}`, sameEnds(backend));
needs(tflm)("uint8 and float32 ends give the numbers of int8 ones in tflm", sameEnds("tflm"));

test("inputs and outputs have the tfjs model's names in the signature, which lasts when a file is written again", async (t) => {
  const signatures = [{ key: "serving_default", subgraph: 0, inputs: ["picture"], outputs: ["flower", "place"] }];
  for (const mode of ["float", "int8"] as const) {
    const file = await convert({ mode, io: "uint8", description: { signature: true } });
    t.deepEqual(readTflite(file).signatures, signatures);
    t.deepEqual(readTflite(writeTflite(readTflite(file))).signatures, signatures);
  }
  t.is(readTflite(await convert()).signatures, undefined);
});

/** A table of the metadata's FlatBuffer, by the numbers of its fields in metadata_schema.fbs. */
class Fields {
  constructor(
    readonly bytes: ByteBuffer,
    readonly at: number,
  ) {}

  #field(number: number): number {
    const offset = this.bytes.__offset(this.at, 4 + 2 * number);
    return offset === 0 ? 0 : this.at + offset;
  }
  text(number: number): string {
    return String(this.bytes.__string(this.#field(number)));
  }
  byte(number: number): number {
    return this.bytes.readUint8(this.#field(number));
  }
  uint(number: number): number {
    return this.bytes.readUint32(this.#field(number));
  }
  table(number: number): Fields {
    return new Fields(this.bytes, this.bytes.__indirect(this.#field(number)));
  }
  floats(number: number): number[] {
    const field = this.#field(number);
    return Array.from({ length: this.bytes.__vector_len(field) }, (_, i) =>
      this.bytes.readFloat32(this.bytes.__vector(field) + 4 * i),
    );
  }
  tables(number: number): Fields[] {
    const field = this.#field(number);
    if (field === 0) return [];
    return Array.from(
      { length: this.bytes.__vector_len(field) },
      (_, i) => new Fields(this.bytes, this.bytes.__indirect(this.bytes.__vector(field) + 4 * i)),
    );
  }
}

const metadataOf = (file: Uint8Array): Fields => {
  const { metadata, buffers } = readTflite(file);
  const bytes = buffers[metadata.find(({ name }) => name === "TFLITE_METADATA")!.buffer]!;
  const buffer = new ByteBuffer(bytes);
  return new Fields(buffer, buffer.readInt32(0));
};

const description = {
  signature: true,
  labels: { "": labels },
  normalization: { mean: [127.5], std: [127.5, 128, 129] },
};

test("metadata has labels, the picture and its normalization, as the Task Library reads them", async (t) => {
  const file = await convert({ io: "float32", description });
  const { metadata, buffers } = readTflite(file);
  t.is(Buffer.from(buffers[metadata[0]!.buffer]!).toString("latin1", 4, 8), "M001");
  const root = metadataOf(file);
  t.is(root.text(0), "flowers");
  t.is(root.text(7), "1.0.0");
  const [main] = root.tables(3);
  const [picture, ...more] = main!.tables(2);
  t.deepEqual(more, []);
  t.is(picture!.text(0), "picture");
  const content = picture!.table(3);
  t.is(content.byte(0), 2, "ImageProperties");
  t.is(content.table(1).byte(0), 1, "RGB");
  const size = content.table(1).table(1);
  t.deepEqual([size.uint(0), size.uint(1)], [5, 6], "width, height");
  const [unit] = picture!.tables(4);
  t.is(unit!.byte(0), 1, "NormalizationOptions");
  t.deepEqual(
    [unit!.table(1).floats(0), unit!.table(1).floats(1)],
    [
      [127.5, 127.5, 127.5],
      [127.5, 128, 129],
    ],
  );
  const [flower, place] = main!.tables(3);
  t.deepEqual([flower!.text(0), place!.text(0)], ["flower", "place"]);
  const [labelFile] = flower!.tables(6);
  t.deepEqual([labelFile!.text(0), labelFile!.byte(2)], ["labels.txt", 2]);
  t.deepEqual(place!.tables(6), []);
});

test("bytes of a picture stand for what they become when normalized, whatever the samples are", async (t) => {
  const normalization = { mean: [127.5], std: [127.5] };
  // From -1 to 0.6 only.
  const calibration = tf.tensor(
    numbers.map((value) => Math.max(-1, Math.min(0.6, value))),
    [16, 6, 5, 3],
  );
  const options = { io: "uint8", calibration, description: { normalization } } as const;
  const { tensors, inputs } = readTflite(await convert(options)).subgraphs[0]!;
  // 127.5, for which there is no integer.
  t.like(tensors[inputs[0]!]!, {
    type: "UINT8",
    quantization: { scale: [Math.fround(2 / 255)], zeroPoint: [127], quantizedDimension: 0 },
  });
  const wrong = (more: Partial<ConvertOptions>, message: RegExp): Promise<unknown> =>
    t.throwsAsync(convert({ ...options, ...more }), { message });
  await wrong(
    { description: { normalization: { mean: [127.5], std: [127.5, 128, 129] } } },
    /^mean 127\.5 and std 127\.5,128,129: a uint8 input has one scale for all channels/,
  );
  const otherwise = /^the samples of input "picture" lie between -1 and 0\.6, but mean 0 and std 1 make 0 to 255 of/;
  await wrong({ description: { normalization: { mean: [0], std: [1] } } }, otherwise);
  await wrong(
    { description: { normalization: { mean: [127.5], std: [300] } } },
    /but mean 127\.5 and std 300 make -0\.425 to 0\.425 of/,
  );
  t.truthy(await convert({ ...options, force: true, description: { normalization: { mean: [0], std: [1] } } }));
});

test("labels are a file behind the model, which lasts when it is written again, with micro's table too", async (t) => {
  const file = await convert({ description });
  const files = [{ name: "labels.txt", data: new Uint8Array(Buffer.from("daisy\ndandelion\ntulpe é\n")) }];
  t.deepEqual(readTflite(file).files, files);
  const prepared = await writePrepared(readTflite(file));
  t.true(prepared.table > 0);
  t.deepEqual(readTflite(prepared.bytes).files, files);
  const plain = await convert();
  for (const backend of ["micro", "tflite"] as const)
    t.deepEqual(await results(prepared.bytes, backend), await results(plain, backend));
});

needs(unzip)("unzip finds nothing wrong with the file of labels", async (t) => {
  const model = path.join(folder, "flowers.tflite");
  writeFileSync(model, await convert({ description }));
  t.is(execFileSync("unzip", ["-p", model, "labels.txt"], { encoding: "utf8" }), `${labels.join("\n")}\n`);
  t.regex(execFileSync("unzip", ["-t", model], { encoding: "utf8" }), /No errors detected/);
});

test("several outputs have labels by their names", async (t) => {
  const file = await convert({ description: { labels: { flower: labels, place: ["in", "out"] } } });
  t.deepEqual(
    readTflite(file).files!.map(({ name, data }) => [name, Buffer.from(data).toString()]),
    [
      ["labels_0.txt", `${labels.join("\n")}\n`],
      ["labels_1.txt", "in\nout\n"],
    ],
  );
});

test("labels and normalizations that do not fit the model are refused with its sizes", async (t) => {
  const wrong = (wanted: ConvertOptions["description"], message: RegExp): Promise<unknown> =>
    t.throwsAsync(convert({ mode: "float", ...(wanted && { description: wanted }) }), { message });
  await wrong(
    { labels: { "": ["one"] } },
    /1 labels, and no output has 1 numbers .*"flower" \[1, 3\], "place" \[1, 2\]/,
  );
  await wrong({ labels: { place: labels } }, /3 labels for the output "place", and no output/);
  await wrong({ normalization: { mean: [1, 2], std: [1] } }, /mean 1,2: 2 numbers; .*3 channels/);
  await wrong({ normalization: { mean: [1], std: [0] } }, /std 0: numbers above 0/);
});

test("files of labels: Windows' lines are lines, and an empty one between others is an error", async (t) => {
  const write = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const read = (...given: string[]): ReturnType<typeof readDescription> =>
    readDescription({ labels: given, signature: true });
  t.deepEqual(await read(write("a.txt", "\ufeffone\r\ntwo\r\n\r\n"), `there=${write("b.txt", "x")}`), {
    signature: true,
    labels: { "": ["one", "two"], there: ["x"] },
  });
  await t.throwsAsync(read(write("c.txt", "one\n\nthree\n")), { message: /c\.txt: line 2 is empty/ });
  await t.throwsAsync(read(write("d.txt", "\n")), { message: /d\.txt has no labels/ });
  await t.throwsAsync(readDescription({ mean: [1], signature: true }), { message: /--mean and --std go together/ });
});
