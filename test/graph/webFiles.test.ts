import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import test from "ava";
import { filesGiven, filesOnHost } from "tfjs-to-tflite/graph/webFiles.js";

/** What a host was asked for, with the query. */
const asked: string[] = [];
let server: Server;
let url: string;

test.before(async () => {
  server = createServer((request, response) => {
    asked.push(request.url!);
    if (request.url!.startsWith("/gone")) response.writeHead(404).end();
    else response.end(`of ${request.url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after.always(() => void server.close());

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

for (const [given, model, weights] of [
  ["/folder", "/folder/model.json", "/folder/group1-shard1of2.bin"],
  ["/folder/", "/folder/model.json", "/folder/group1-shard1of2.bin"],
  ["/mine.json", "/mine.json", "/group1-shard1of2.bin"],
  // A host that wants a key or a format wants it for each file.
  ["/folder?tfjs-format=file", "/folder/model.json?tfjs-format=file", "/folder/group1-shard1of2.bin?tfjs-format=file"],
] as const)
  test(`a host is asked for the files of ${given}`, async (t) => {
    const files = filesOnHost(`${url}${given}`);
    t.is(files.name, `${url}${model}`);
    t.is(text(await files.read()), `of ${model}`);
    t.is(text(await files.read("group1-shard1of2.bin")), `of ${weights}`);
    t.true(asked.includes(model) && asked.includes(weights));
  });

for (const place of [
  "https://tfhub.dev/google/tfjs-model/mobilenet/1/default/1",
  "https://www.kaggle.com/models/google/mobilenet-v2/TfJs/100-224-classification/3",
])
  test(`addresses of hubs name no file: ${place} gets the query that tfjs's fromTFHub gives it`, (t) => {
    t.is(filesOnHost(place).name, `${place}/model.json?tfjs-format=file`);
    t.is(filesOnHost(`${place}?tfjs-format=file`).name, `${place}/model.json?tfjs-format=file`);
  });

test.serial("a browser does not say why it gets no answer: the error says both reasons, and what to do", async (t) => {
  const { fetch: own } = globalThis;
  // As browsers fail: without a cause.
  globalThis.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
  try {
    await t.throwsAsync(filesOnHost("https://example.org/model.json").read(), {
      name: "UserError",
      message:
        /^cannot fetch the model https:\/\/example\.org\/model\.json: the browser gets no answer that this page may read\..*CORS.*download the model's files/,
    });
  } finally {
    globalThis.fetch = own;
  }
});

test("what a host refuses, and one that is not there, are errors that say what and where", async (t) => {
  await t.throwsAsync(filesOnHost(`${url}/gone`).read(), {
    name: "UserError",
    message: `cannot fetch the model ${url}/gone/model.json: the host answers 404 Not Found`,
  });
  await t.throwsAsync(filesOnHost(`${url}/folder`).read("/gone.bin"), {
    message: `cannot fetch the weights ${url}/gone.bin: the host answers 404 Not Found`,
  });
  // Port 1 is tcpmux's, which nothing listens on.
  await t.throwsAsync(filesOnHost("http://127.0.0.1:1/model.json").read(), {
    name: "UserError",
    message: /^cannot fetch the model http:\/\/127\.0\.0\.1:1\/model\.json: /,
  });
});

const file = (name: string, folder?: string) => ({
  name,
  ...(folder !== undefined && { webkitRelativePath: `${folder}/${name}` }),
  arrayBuffer: () => Promise.resolve(new TextEncoder().encode(`of ${folder ?? ""} ${name}`).buffer),
});

test("of files that a page was given, those beside model.json are its weights; other JSON does not matter", async (t) => {
  const files = filesGiven([
    file("w.bin", "old"),
    file("labels.json", "new"),
    file("model.json", "new"),
    file("w.bin", "new"),
  ]);
  t.is(files.name, "new/model.json");
  t.is(text(await files.read("w.bin")), "of new w.bin");
  const flat = filesGiven([file("shard.bin"), file("any.json")]);
  t.is(text(await flat.read("weights/shard.bin")), "of  shard.bin");
  await t.throwsAsync(flat.read("other.bin"), {
    message: "any.json names the weights other.bin, which are not among the given files",
  });
});

for (const [given, message] of [
  [[], /^no files were given; expected one model\.json/],
  [[file("w.bin")], /^w\.bin: no model\.json among them; expected/],
  [
    [file("model.json", "a"), file("model.json", "b")],
    /^a\/model\.json, b\/model\.json: more than one model; expected/,
  ],
] as const)
  test(`files that are no model: ${given.map(({ name }) => name).join(", ") || "none"}`, (t) => {
    t.throws(() => filesGiven(given), { name: "UserError", message });
  });
