/** Files that are given in place of a .tflite: what they are, and what to do with them. */
import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { withZip } from "tfjs-to-tflite/lib/zip.js";
import { readModel } from "../../host-tools/inference/readModel.js";
import { UserError } from "../../host-tools/lib/errors.js";

const folder = mkdtempSync(path.join(tmpdir(), "loam-other-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const archive = (...names: string[]): Uint8Array =>
  withZip(
    new Uint8Array(),
    names.map((name) => ({ name, data: Uint8Array.of(1, 2, 3) })),
  );
const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
/** The beginning of a ModelProto of onnx.proto: ir_version 8, producer_name. */
const onnx = bytes("\x08\x08\x12\x07pytorch\x1a\x051.9.0");

const others: [name: string, content: Uint8Array, what: RegExp][] = [
  [
    "model.keras",
    archive("metadata.json", "config.json", "model.weights.h5"),
    /is a \.keras file; make .*loam convert/,
  ],
  ["model.h5", bytes("\x89HDF\r\n\x1a\n"), /is a Keras model in HDF5; make a \.tflite of it: npx loam convert/],
  ["tm.zip", archive("model/model.json", "model/weights.bin"), /is a zip archive with a tfjs model; make /],
  ["app.zip", archive("assets/net.tflite"), /is a zip archive with a \.tflite; unpack it/],
  ["saved.zip", archive("saved_model.pb"), /TensorFlow SavedModel; save the model as \.keras/],
  ["model.pt", archive("archive/data.pkl"), /is a model of PyTorch; export it to ONNX/],
  ["things.zip", archive("readme.txt"), /is a zip archive; unpack it/],
  ["part.keras", archive("readme.txt"), /is a \.keras file whose config\.json is missing.* npx loam convert /],
  ["model.tar.gz", bytes("\x1f\x8b\x08"), /is a gzip archive; unpack it/],
  ["net.onnx", onnx, /is an ONNX model, which loam does not read; make a \.tflite of it with onnx2tf/],
  ["net.bin", onnx, /is an ONNX model/],
  ["graph.pb", bytes("\n\x0bnode"), /is a graph of TensorFlow; save the model as \.keras/],
  ["model.json", bytes('{"format":"layers-model","modelTopology":{}}'), /is the model\.json of a tfjs model; make /],
  ["page.tflite", bytes("<!DOCTYPE html><html>"), /is an HTML page, .*; download the file itself/],
  ["lfs.tflite", bytes("version https://git-lfs.github.com/spec/v1\n"), /git lfs pull/],
  ["empty.tflite", new Uint8Array(), /is empty$/],
  ["noise.tflite", bytes("noise, and more of it"), /noise\.tflite: not a \.tflite: bytes 4 to 7 should be "TFL3"/],
];
for (const [name, content, what] of others)
  test(`${name}, which is not a .tflite: ${what.source}`, async (t) => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    const { message } = await t.throwsAsync(readModel(file), { instanceOf: UserError, message: what });
    t.true(message.startsWith(file));
  });

test("a FIFO, a socket and a device are refused: nobody may ever write, or it does not end", async (t) => {
  const [fifo, socket] = [path.join(folder, "fifo"), path.join(folder, "socket")];
  execFileSync("mkfifo", [fifo]);
  const server = createServer().listen(socket);
  try {
    await new Promise((resolve) => server.once("listening", resolve));
    await t.throwsAsync(readModel(fifo), { message: `cannot read the model ${fifo}: it is a FIFO, a file expected` });
    await t.throwsAsync(readModel(socket), { message: /it is a socket, a file expected$/ });
    await t.throwsAsync(readModel("/dev/zero"), { message: /it is a device, a file expected$/ });
  } finally {
    server.close();
  }
});
