import { createServer, type Server, type ServerResponse } from "node:http";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { readModel } from "tfjs-to-tflite/convert/readModel.js";
import { modelFiles, saveLayersModel } from "tfjs-to-tflite/graph/modelFiles.js";
import { withZip } from "tfjs-to-tflite/lib/zip.js";
import { startPlainBackend } from "../convert/backend.js";

/** A model as hosts have it: model.json and two shards, over HTTP as it is spoken. */

const folder = mkdtempSync(path.join(tmpdir(), "loam-hosts-"));
const page = "<!DOCTYPE html>\n<html><body>Not here</body></html>";
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 59\n`;
let server: Server;
let url: string;
let expected: number[];
let files: Record<"model.json" | "a.bin" | "b.bin", Buffer>;

const zipOf = (entries: Record<string, Uint8Array>): Uint8Array =>
  withZip(
    new Uint8Array(0),
    Object.entries(entries).map(([name, data]) => ({ name, data })),
  );

const weightsOf = async (place: string): Promise<number[]> => {
  const model = await readModel(await modelFiles(place));
  return "json" in model ? [] : model.getWeights().flatMap((weight) => [...weight.dataSync()]);
};

/** What the host does with a request below each folder. */
const ways: Record<string, (name: keyof typeof files, response: ServerResponse, query: string) => void> = {
  plain: (name, response) => response.end(files[name]),
  // As tfhub.dev and kaggle.com do: without the query they answer with a page.
  hub: (name, response, query) => (query === "?tfjs-format=file" ? response.end(files[name]) : response.end(page)),
  gzip: (name, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(files[name])),
  moved: (name, response) => response.writeHead(302, { location: `/plain/${name}` }).end(),
  // Only model.json is redirected; its shards are where it went.
  latest: (name, response) =>
    name === "model.json"
      ? response.writeHead(307, { location: "/plain/model.json" }).end()
      : response.writeHead(404).end(),
  round: (name, response) => response.writeHead(302, { location: `/round/${name}` }).end(),
  page: (_, response) => response.end(page),
  fallback: (name, response) => response.end(name === "b.bin" ? page : files[name]),
  pointers: (name, response) => response.end(name === "model.json" ? files[name] : pointer),
  pointer: (_, response) => response.end(pointer),
  broken: (_, response) => response.writeHead(500).end("Oh."),
  missing: (name, response) => (name === "b.bin" ? response.writeHead(404).end() : response.end(files[name])),
  cut: (name, response) => response.end(name === "b.bin" ? files[name].subarray(1) : files[name]),
  breaks: (name, response) => {
    if (name !== "b.bin") return response.end(files[name]);
    response.writeHead(200, { "content-length": files[name].length });
    response.write(files[name].subarray(1), () => response.destroy());
  },
};

/** As PyTorch's exporter begins a file: ir_version 8, producer_name "pytorch". */
const onnx = Buffer.from("\x08\x08\x12\x07pytorch", "latin1");

test.before(async () => {
  await startPlainBackend();
  const model = tfl.sequential({
    layers: [tfl.layers.dense({ units: 3, inputShape: [4] }), tfl.layers.dense({ units: 2, activation: "softmax" })],
  });
  await saveLayersModel(model, folder);
  expected = model.getWeights().flatMap((weight) => [...weight.dataSync()]);
  const json = JSON.parse(readFileSync(path.join(folder, "model.json"), "utf8")) as {
    weightsManifest: [{ paths: string[] }];
  };
  json.weightsManifest[0].paths = ["a.bin", "b.bin"];
  const weights = readFileSync(path.join(folder, "weights.bin"));
  files = {
    "model.json": Buffer.from(JSON.stringify(json)),
    "a.bin": weights.subarray(0, 33),
    "b.bin": weights.subarray(33),
  };
  server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url!, "http://host");
    const [, way, name] = pathname.split("/");
    if (pathname.endsWith(".onnx")) response.end(onnx);
    else if (pathname.endsWith(".zip"))
      response.end(zipOf({ "mine/model.json": files["model.json"], "mine/a.bin": files["a.bin"], "mine/b.bin": files["b.bin"], "__MACOSX/mine/._model.json": new Uint8Array(3) })); // prettier-ignore
    else ways[way!]!(name as keyof typeof files, response, search);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after.always(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const place of [
  "/plain/model.json",
  "/plain/",
  "/hub?tfjs-format=file",
  "/hub/model.json?tfjs-format=file",
  "/gzip",
  "/moved",
  "/latest",
  "/plain/mine.zip",
])
  test(`a model at ${place}`, async (t) => {
    t.deepEqual(await weightsOf(`${url}${place}`), expected);
  });

for (const [place, message] of [
  ["/broken", /^cannot fetch the model http.*\/broken\/model\.json: the host answers 500 Internal Server Error$/],
  ["/missing", /^cannot fetch the weights http.*\/missing\/b\.bin: the host answers 404 Not Found$/],
  ["/round", /^cannot fetch the model http.*\/round\/model\.json: it redirects in a circle, or more than 20 times$/],
  [
    "/some/net.onnx",
    /^http.*\/some\/net\.onnx is an ONNX model, which is not read: give the Keras .*; else let onnx2tf .* tensorflowjs_converter/,
  ],
  ["/page", /^http.*\/page\/model\.json is an HTML page, not JSON; .* Its address ends in model\.json/],
  ["/hub", /^http.*\/hub\/model\.json is an HTML page, not JSON/],
  [
    "/fallback",
    /^a\.bin, b\.bin beside http.*\/fallback\/model\.json: 92 bytes of weights expected, \d+ found; b\.bin is an HTML page, as hosts/,
  ],
  [
    "/pointers",
    /^a\.bin, b\.bin beside http.*: 92 bytes of weights expected, \d+ found; a\.bin is what Git LFS has in place of the file: git lfs pull brings it$/,
  ],
  ["/pointer", /^http.*\/pointer\/model\.json is what Git LFS has in place of the file: git lfs pull/],
  ["/cut", /^a\.bin, b\.bin beside http.*\/cut\/model\.json: 92 bytes of weights expected, 91 found$/],
  ["/breaks", /^cannot fetch the weights http.*\/breaks\/b\.bin: the connection breaks off in the middle$/],
] as const)
  // prettier-ignore
  test(`refused: a model at ${place}`, async (t) => {
    await t.throwsAsync(weightsOf(`${url}${place}`), { name: "UserError", message });
  });

for (const [place, message] of [
  ["https://", '"https://" is not an address; expected one such as https://example.org/model.json'],
  ["gs://bucket/model.json", "gs://bucket/model.json: models are fetched from addresses with https: or http:, not gs:"],
] as const)
  test(`refused: ${place}`, async (t) => {
    await t.throwsAsync(modelFiles(place), { name: "UserError", message });
  });

test("what no host can answer is said", async (t) => {
  const said = async (place: string): Promise<string> =>
    (await t.throwsAsync(weightsOf(place), { name: "UserError" })).message;
  t.regex(await said("http://127.0.0.1:9/model.json"), /9\/model\.json: no program of the web asks at that port/);
  t.regex(await said(url.replace("http:", "https:")), /: it does not speak https there; perhaps http$/);
  const message = await said(url.replace("://", "://me:secret@"));
  t.regex(message, /^the address has a user name or a password in it, .* files of 127\.0\.0\.1:\d+\/, /);
  t.notRegex(message, /secret/);
});

test("an archive on the disk, and one with two models", async (t) => {
  const zip = path.join(folder, "mine.zip");
  const parts = { "a.bin": files["a.bin"], "b.bin": files["b.bin"] };
  writeFileSync(zip, zipOf({ "model.json": files["model.json"], ...parts }));
  t.deepEqual(await weightsOf(zip), expected);
  writeFileSync(zip, zipOf({ "x/model.json": files["model.json"], "y/model.json": files["model.json"] }));
  await t.throwsAsync(weightsOf(zip), {
    name: "UserError",
    message: /mine\.zip\/x\/model\.json, .*mine\.zip\/y\/model\.json: more than one model; expected one/,
  });
});

test("a file: address is a path", async (t) => {
  t.deepEqual(await weightsOf(`file://${path.join(folder, "model.json")}`), expected);
});
