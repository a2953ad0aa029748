// Slow: a browser
/** Models and samples of every kind on the converter's page: graph models, files of Keras, pictures. */
import { mkdirSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as tfl from "@tensorflow/tfjs-layers";
import type { Page } from "playwright-core";
import test from "ava";
import { convert, inputsOf } from "tfjs-to-tflite/index.js";
import { registerCustomLayers } from "tfjs-to-tflite/tf/customLayers.js";
import { convertPage } from "../../host-tools/convertpage/build.js";
import { numbersOf, pictureOf } from "../../host-tools/convertpage/client/images.js";
import { at, npy, saved } from "../convert/conversions.js";
import { GraphModelMaker } from "../convert/graphModels.js";
import { h5File, kerasFile } from "../convert/kerasFiles.js";
import { chanceOf, randomized } from "../convert/randomModels.js";
import { chromium, needs } from "../helpers/needs.js";
import { complaintsOf, download, dropFiles, launch } from "./browser.js";

const [size, channels] = [8, 3];

/** A convolution of images without a size, in a folder. */
function graphModel(name: string): string {
  const maker = new GraphModelMaker();
  const image = maker.input("image", [-1, -1, -1, channels]);
  const conv = maker.node("Conv2D", [image, maker.reals([3, 3, channels, 4])], {
    strides: [1, 1, 1, 1],
    padding: "SAME",
  });
  const { json, weights } = maker.model({ scores: maker.node("Relu", [conv], {}, "relu") });
  mkdirSync(at(name));
  writeFileSync(at(name, "model.json"), JSON.stringify({ format: "graph-model", ...json }));
  writeFileSync(at(name, "weights.bin"), new Uint8Array(weights[0]!));
  return at(name);
}

function classifier(): tfl.LayersModel {
  return randomized(
    tfl.sequential({
      layers: [
        tfl.layers.conv2d({ filters: 6, kernelSize: 3, inputShape: [size, size, channels], name: "stem" }),
        tfl.layers.globalAveragePooling2d({ name: "pool" }),
        tfl.layers.dense({ units: 3, activation: "softmax", name: "class" }),
      ],
    }),
    7,
  );
}

interface Pixels {
  width: number;
  height: number;
  rgba: number[];
}

/** PNG files, encoded by the browser. */
async function pictures(page: Page, folder: string, all: readonly Pixels[]): Promise<void> {
  mkdirSync(at(folder));
  // Beside them what macOS leaves in a folder.
  writeFileSync(at(folder, ".DS_Store"), "");
  const urls = await page.evaluate(
    (list) =>
      list.map(({ width, height, rgba }) => {
        const canvas = document.createElement("canvas");
        Object.assign(canvas, { width, height });
        const pixels = new ImageData(Uint8ClampedArray.from(rgba), width, height);
        canvas.getContext("2d")!.putImageData(pixels, 0, 0);
        return canvas.toDataURL("image/png");
      }),
    [...all],
  );
  urls.forEach((url, i) =>
    writeFileSync(at(folder, `${String(i).padStart(3, "0")}.png`), Buffer.from(url.split(",")[1]!, "base64")),
  );
}

const chance = chanceOf(8);
const random = (count: number): number[] => Array.from({ length: count }, () => chance.int(0, 255));

/** Twice as wide as high: noise in the middle square, and black beside it. */
function wide(middle: readonly number[]): Pixels {
  const rgba: number[] = [];
  for (let y = 0; y < size; y++)
    for (let x = 0; x < 2 * size; x++) {
      const inside = x >= size / 2 && x < (3 * size) / 2;
      const at = (y * size + x - size / 2) * channels;
      rgba.push(...(inside ? middle.slice(at, at + channels) : [0, 0, 0]), 255);
    }
  return { width: 2 * size, height: size, rgba };
}

needs(chromium)("graph models, .keras and .h5 files, and pictures: the files that Node makes", async (t) => {
  t.timeout(240_000);
  const html = at("kinds.html");
  writeFileSync(html, await convertPage());
  const browser = await launch();
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    const complaints = complaintsOf(page);
    await page.goto(pathToFileURL(html).href);
    const button = page.getByRole("button", { name: "Convert" });
    const alert = page.getByRole("alert");
    const made = async (name: string): Promise<Buffer> => {
      await button.click();
      await page.getByText(`Converted: ${name}`).waitFor({ timeout: 60_000 });
      return download(page, name);
    };

    // What is dropped beside its place does not replace the page.
    for (const type of ["dragover", "drop"])
      t.false(
        await page.evaluate(
          (name) => document.body.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true })),
          type,
        ),
      );

    // A graph model, whose size is free.
    const graph = graphModel("graph");
    t.deepEqual(await inputsOf(graph), [{ name: "image", shape: [null, null, channels] }]);
    await dropFiles(page, "Model", graph);
    const sizes = page.getByLabel("Sizes of image, [?, ?, 3] in the model");
    await sizes.waitFor();
    await button.click();
    t.regex(await alert.innerText(), /Sizes of image: "".*\[\?, \?, 3\] has free sizes/);
    await sizes.fill("8, 8, 3");
    const inputShapes = { image: [size, size, channels] };
    t.deepEqual(await made("graph.tflite"), Buffer.from((await convert(graph, { name: "graph", inputShapes })).tflite));

    // Keras 3, with pictures of another shape, of which the middle is taken, and names of classes.
    const model = classifier();
    const layers = [["conv2d", model.layers[0]!] as const, ["dense", model.layers[2]!] as const];
    writeFileSync(at("class.keras"), await kerasFile(model, layers));
    const count = 20;
    const middles = Array.from({ length: count }, () => random(size * size * channels));
    await pictures(page, "pictures", middles.map(wide));
    await page.getByLabel("Model: files").setInputFiles([at("class.keras")]);
    await dropFiles(page, "Samples", at("pictures"));
    await page.getByText("and 17 more").waitFor();
    await page.getByLabel("Values of the pictures").selectOption("-1 to 1");
    await page.getByLabel("Pictures of another shape").selectOption("crop");
    await page.getByText("More options").click();
    await page.getByLabel("Names of the classes").fill("cat\ndog\r\n\nbird\n");
    const calibrate = {
      data: Float32Array.from(middles.flat(), (value) => (value - 127.5) / 127.5),
      shape: [count, size, size, channels],
    };
    const normalization = { mean: [127.5], std: [127.5] };
    const labels = ["cat", "dog", "bird"];
    const keras = await convert(at("class.keras"), { name: "class", calibrate, normalization, labels });
    t.deepEqual(await made("class.tflite"), Buffer.from(keras.tflite));

    // Pictures of one colour each, at any size; mean and deviation by channel.
    const colours = Array.from({ length: count }, () => random(channels));
    const plain = colours.map((colour) => ({
      ...{ width: 40, height: 12 },
      rgba: Array.from({ length: 40 * 12 }, () => [...colour, 255]).flat(),
    }));
    await pictures(page, "plain", plain);
    await page.getByLabel("Samples: a folder").setInputFiles(at("plain"));
    await page.getByLabel("Values of the pictures").selectOption("mean and std");
    await page.getByLabel("Pictures of another shape").selectOption("stretch");
    const byChannel = { mean: [120, 110, 100], std: [60, 50, 55] };
    await page.getByLabel("Mean, of values").fill(byChannel.mean.join(", "));
    await page.getByLabel("Standard deviation").fill(byChannel.std.join(" "));
    const normalized = colours.map((colour) => colour.map((v, c) => (v - byChannel.mean[c]!) / byChannel.std[c]!));
    const filled = normalized.flatMap((colour) => Array.from({ length: size * size }, () => colour).flat());
    const means = await convert(at("class.keras"), {
      ...{ name: "class", labels, normalization: byChannel },
      calibrate: { data: Float32Array.from(filled), shape: [count, size, size, channels] },
    });
    t.deepEqual(await made("class.tflite"), Buffer.from(means.tflite));

    // Pictures and numbers together are neither.
    await page.getByLabel("Samples: files").setInputFiles([at("plain", "000.png"), at("samples.csv")]);
    await button.click();
    t.regex(await alert.innerText(), /1 pictures and 1 other files, such as samples\.csv/);

    // Keras 2, on samples that are all alike.
    writeFileSync(at("older.h5"), await h5File(model));
    writeFileSync(
      at("alike.npy"),
      npy([4, size, size, channels], new Float32Array(4 * size * size * channels).fill(1)),
    );
    await page.getByLabel("Model: files").setInputFiles([at("older.h5")]);
    await page.getByLabel("Samples: files").setInputFiles([at("alike.npy")]);
    await page.getByLabel("Names of the classes").fill("");
    await button.click();
    await alert.waitFor();
    t.regex(
      await alert.innerText(),
      /"Take samples that do not vary, [^"]+" \(under More options\) converts with these all the same/,
    );
    await page.getByLabel("Take samples that do not vary").check();
    const { data, shape } = {
      data: new Float32Array(4 * size * size * channels).fill(1),
      shape: [4, size, size, channels],
    };
    const forced = await convert(at("older.h5"), { name: "older", calibrate: { data, shape }, force: true });
    t.deepEqual(await made("older.tflite"), Buffer.from(forced.tflite));

    // A layer without a kernel for integers.
    registerCustomLayers();
    const dense = tfl.layers.dense({ units: 3, activation: "exponential" as "elu", inputShape: [5], name: "grow" });
    const mixed = await saved("mixed", tfl.sequential({ layers: [dense] }));
    const rows = { data: Float32Array.from({ length: 50 }, () => chance.uniform()), shape: [10, 5] };
    writeFileSync(at("rows.npy"), npy(rows.shape, rows.data));
    await dropFiles(page, "Model", mixed);
    await page.getByText("[5]").waitFor();
    await page.getByLabel("Samples: files").setInputFiles([at("rows.npy")]);
    await button.click();
    await alert.waitFor();
    t.regex(
      await alert.innerText(),
      /layer "grow".*Use "Keep layers that no engine [^"]+" \(under More options\), with which/,
    );
    await page.getByLabel("Keep layers that no engine").check();
    const kept = await convert(mixed, { name: "mixed", calibrate: rows, mixed: true });
    t.deepEqual(await made("mixed.tflite"), Buffer.from(kept.tflite));
    await page.getByLabel("Model: files").setInputFiles([at("older.h5")]);
    await page.getByText("[8, 8, 3]").waitFor();
    await page.getByLabel("Samples: files").setInputFiles([at("alike.npy")]);

    // What takes too long can be stopped, which is no error.
    await button.click();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("progressbar").waitFor({ state: "detached" });
    t.deepEqual([await alert.count(), await page.getByText("Converted:").count()], [0, 0]);

    // A float model with small weights.
    await page.getByLabel("Samples: files").setInputFiles([]);
    await page.getByLabel("Weights of the float model").selectOption("float16");
    const halves = await convert(at("older.h5"), { name: "older", weights: "float16" });
    t.deepEqual(await made("older.tflite"), Buffer.from(halves.tflite));

    // A layer that is unrolled, with what that costs.
    const lstm = tfl.layers.lstm({ units: 2, inputShape: [40, 2], recurrentInitializer: "zeros", name: "memory" });
    await dropFiles(page, "Model", await saved("unrolled", tfl.sequential({ layers: [lstm] })));
    await page.getByText("[40, 2]").waitFor();
    await made("unrolled.tflite");
    t.true(await page.getByText('layer "memory" (LSTM): unrolled to 40 steps').isVisible());
    t.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});

test("a picture's numbers, in either order, of colours and grey", (t) => {
  const rgba = Uint8ClampedArray.of(10, 20, 30, 255, 40, 50, 60, 255);
  const of = (shape: number[], mean: number[], std: number[]): number[] => [
    ...numbersOf(rgba, pictureOf([{ name: "image", shape }]), { fit: "stretch", mean, std }),
  ];
  t.deepEqual(of([1, 2, 3], [0], [10]), [1, 2, 3, 4, 5, 6]);
  t.deepEqual(of([3, 1, 2], [10, 20, 30], [1, 2, 3]), [0, 30, 0, 15, 0, 10]);
  const [first, second] = of([1, 2, 1], [0], [1]);
  // ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B
  t.true(Math.abs(first! - 18.15) < 1e-4 && Math.abs(second! - 48.15) < 1e-4);
});

test("a network that takes no picture says what it takes", (t) => {
  const error = t.throws(() => pictureOf([{ name: "spectrum", shape: [49, 10, 2] }]));
  t.regex(
    error.message,
    /one input of \[height, width, channels\], 1 or 3 channels; this one has "spectrum" of \[49, 10, 2\]/,
  );
  t.throws(() =>
    pictureOf([
      { name: "a", shape: [8, 8, 3] },
      { name: "b", shape: [2] },
    ]),
  );
});
