/** What MediaPipe's image classifier, in Chromium, reads in a file with metadata: labels, normalization, and bytes as a uint8 input takes them. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { chromium as playwright, type Page } from "playwright-core";
import { convertModel } from "tfjs-to-tflite/convert/index.js";
import { chromiumArguments, findChromium } from "../../host-tools/lib/browser.js";
import { chromium, needs } from "../helpers/needs.js";
import { startPlainBackend } from "./backend.js";
import { unpack, wanted } from "./packages.js";
import { randomized } from "./randomModels.js";
import { predict } from "./run.js";

test.before(startPlainBackend);

const labels = ["daisy", "dandelion", "tulip"];
const [height, width] = [32, 24];

function classifier(): tfl.LayersModel {
  return randomized(
    tfl.sequential({
      layers: [
        tfl.layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, inputShape: [height, width, 3] }),
        tfl.layers.globalAveragePooling2d({}),
        tfl.layers.dense({ units: 3, activation: "softmax", name: "flower" }),
      ],
    }),
    3,
  );
}

interface Category {
  categoryName: string;
  score: number;
}

/** The first head of what the classifier of the package says of a picture. */
const classify = (
  page: Page,
  model: Uint8Array,
  picture: Uint8Array,
): Promise<{ head: string; categories: Category[] }> =>
  page.evaluate(
    async ([bundle, bytes, pixels, [rows, columns]]) => {
      interface Vision {
        FilesetResolver: { forVisionTasks(place: string): Promise<unknown> };
        ImageClassifier: {
          createFromOptions(files: unknown, options: object): Promise<{ classify(image: ImageData): Result }>;
        };
      }
      interface Result {
        classifications: { headName: string; categories: { categoryName: string; score: number }[] }[];
      }
      const { FilesetResolver, ImageClassifier } = (await import(bundle)) as Vision;
      const image = new ImageData(columns, rows);
      for (let i = 0; i < rows * columns; i++) image.data.set([...pixels.slice(3 * i, 3 * i + 3), 255], 4 * i);
      const made = await ImageClassifier.createFromOptions(await FilesetResolver.forVisionTasks("/wasm"), {
        baseOptions: { modelAssetBuffer: Uint8Array.from(bytes), delegate: "CPU" },
      });
      const [head] = made.classify(image).classifications;
      return { head: head!.headName, categories: head!.categories };
    },
    ["/vision_bundle.mjs", [...model], [...picture], [height, width]] as const,
  );

needs(chromium, wanted)("MediaPipe finds labels, normalization and the bytes of pictures", async (t) => {
  t.timeout(300_000);
  const folder = await mkdtemp(path.join(tmpdir(), "loam-mediapipe-"));
  const place = unpack(folder, "@mediapipe/tasks-vision@1.0.1");
  const types: Record<string, string> = {
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
  };
  const server = createServer(({ url }, response) => {
    if (url === "/") response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
    else if (!types[path.extname(url!)]) response.writeHead(404).end();
    else
      response.writeHead(200, { "content-type": types[path.extname(url!)]! }).end(readFileSync(path.join(place, url!)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await playwright.launch({ executablePath: findChromium(), args: chromiumArguments });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const model = classifier();
    const picture = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * 37) % 256);
    const normalized = (bytes: ArrayLike<number>): tf.Tensor =>
      tf.tensor(
        Float32Array.from(bytes, (value) => (value - 127.5) / 127.5),
        [bytes.length / (height * width * 3), height, width, 3],
      );
    const truth = predict(model, [normalized(picture)])[0]!.dataSync();
    // Darker than pictures are: their range is not that of bytes.
    const calibration = normalized(Array.from({ length: 8 * picture.length }, (_, i) => (i * 53) % 180));
    for (const [options, normalization, tolerance] of [
      [{ mode: "float" }, { mean: [127.5, 127.5, 127.5], std: [127.5] }, 1e-5],
      [{ mode: "int8", io: "uint8" }, { mean: [127.5], std: [127.5] }, 2 / 256],
    ] as const) {
      const description = { signature: true, labels: { "": labels }, normalization };
      const { tflite } = await convertModel(model, { name: "flowers", calibration, description, ...options });
      const { head, categories } = await classify(page, tflite, picture);
      t.is(head, "flower");
      for (const [i, label] of labels.entries()) {
        const { score } = categories.find(({ categoryName }) => categoryName === label)!;
        t.true(Math.abs(score - truth[i]!) <= tolerance, `${JSON.stringify(options)}: ${label} ${score}, ${truth[i]}`);
      }
    }
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  }
});
