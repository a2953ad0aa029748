// Slow: a browser
import { readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";
import * as tfl from "@tensorflow/tfjs-layers";
import { convert, readSamples } from "tfjs-to-tflite/index.js";
import { cArray } from "tfjs-to-tflite/convert/cArray.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { convertPage } from "../../host-tools/convertpage/build.js";
import { microArena } from "../../host-tools/inference/microArena.js";
import { tflmArena } from "../../host-tools/inference/tflmArena.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { at, samples, saved } from "../convert/conversions.js";
import { randomized } from "../convert/randomModels.js";
import { chromium, needs } from "../helpers/needs.js";
import { column, complaintsOf, download, dropFiles, launch } from "./browser.js";

const shots = path.join(buildRoot, "test", "convertpage");

/** A network with a branch: convolution, a residual block, depthwise convolution, classes. */
function residual(): tfl.LayersModel {
  const input = tfl.input({ shape: [8, 8, 2] });
  const conv = (name: string) =>
    tfl.layers.conv2d({ filters: 8, kernelSize: 3, padding: "same", activation: "relu", name });
  const stem = conv("stem").apply(input) as tfl.SymbolicTensor;
  const branch = conv("branch").apply(stem) as tfl.SymbolicTensor;
  const sum = tfl.layers.add({ name: "sum" }).apply([stem, branch]);
  const depthwise = tfl.layers.depthwiseConv2d({ kernelSize: 3, strides: 2, name: "depthwise" }).apply(sum);
  const pool = tfl.layers.globalAveragePooling2d({ name: "pool" }).apply(depthwise);
  const output = tfl.layers.dense({ units: 3, activation: "softmax", name: "class" }).apply(pool);
  return randomized(tfl.model({ inputs: input, outputs: output as tfl.SymbolicTensor }), 5);
}

/** A web host of one file, with the policy that the package's README names. */
async function serve(file: string): Promise<{ url: string; server: Server }> {
  const readme = readFileSync(path.join(loamRoot, "packages/tfjs-to-tflite/README.md"), "utf8");
  const policy = /`(default-src [^`]+)`/.exec(readme)![1]!;
  const server = createServer((_request, response) =>
    response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy }).end(readFileSync(file)),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

needs(chromium)(
  "a model dropped on the page: the file that Node makes, its graph, damage, arena and times",
  async (t) => {
    t.timeout(240_000);
    await mkdir(shots, { recursive: true });
    const folder = await saved("residual", residual());
    const expected = await convert(folder, { calibrate: await readSamples(at("samples.npy")), name: "residual" });
    const html = at("page.html");
    writeFileSync(html, await convertPage());
    const { url, server } = await serve(html);
    const browser = await launch();
    try {
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      const hosted = await browser.newPage();
      const complaints = [page, hosted].map((each) => complaintsOf(each, url));
      await page.goto(pathToFileURL(html).href);
      const button = page.getByRole("button", { name: "Convert" });
      t.true(await button.isDisabled());

      // Weights alone are no model.
      await page.getByLabel("Model: files").setInputFiles([path.join(folder, "weights.bin")]);
      const alert = page.getByRole("alert");
      await alert.waitFor();
      t.regex(await alert.innerText(), /weights\.bin: no model\.json among them/);

      await dropFiles(page, "Model", folder);
      await page.getByText("residual/model.json").waitFor();
      await dropFiles(page, "Samples", at("samples.npy"));
      await page.getByText("[8, 8, 2]").waitFor();
      await button.press("Enter");
      await page.getByRole("heading", { name: "Layers" }).waitFor({ timeout: 120_000 });
      t.is(await alert.count(), 0);

      const tflite = await download(page, "residual.tflite");
      t.deepEqual(tflite, Buffer.from(expected.tflite));
      const { source, header } = cArray("residual", "residual.h", expected.tflite);
      t.deepEqual(await download(page, "residual.c"), Buffer.concat([...source.chunks()]));
      t.is((await download(page, "residual.h")).toString(), header);

      const { operators, agreement } = expected.report;
      const layers = await column(page, "layer");
      t.deepEqual(
        layers,
        operators.map(({ layer }) => layer),
      );
      t.deepEqual(
        await column(page, "SNR, dB"),
        operators.map(({ snr }) => (snr === null ? "equal" : snr!.toFixed(1))),
      );
      t.true(
        (await page.getByRole("main").innerText()).includes(
          `on ${samples} samples: signal to noise ${agreement!.snr!.toFixed(1)} dB`,
        ),
      );

      const model = readTflite(tflite);
      const number = (text: string): number => Number(text.replaceAll(",", ""));
      const tflm = tflmArena(model);
      t.true(
        (await page.getByRole("main").innerText()).includes(
          `needs an arena of ${tflm.needed.toLocaleString("en-US")} bytes`,
        ),
      );
      const micro = await microArena(tflite, model);
      const live = (await column(page, "live, bytes")).map(number);
      live.forEach((bytes, i) =>
        t.true(bytes > 0 && bytes <= micro.operators[i]!.bytes - micro.fixed, `${i}: ${bytes}`),
      );
      for (const chip of ["ESP32", "ESP32-S3", "ESP32-C3"]) {
        const times = (await column(page, `${chip}, ms`)).map(Number);
        t.true(times.every((time) => time > 0));
        const whole = Number(
          new RegExp(`${chip}, \\d+ MHz: ([\\d.]+) ms`).exec(await page.getByRole("main").innerText())![1],
        );
        t.true(Math.abs(times.reduce((sum, time) => sum + time, 0) / whole - 1) < 0.02, chip);
      }

      // The graph: an edge for each input of an operator, here one more than operators; each operator leads to its row.
      const graph = page.getByRole("group", { name: "Graph of the network" });
      t.is(await graph.locator("path").count(), operators.length + 1);
      await graph.getByRole("link", { name: "2 ADD" }).press("Enter");
      t.is(await page.locator("tr:target td").nth(1).innerText(), "sum");
      for (const name of [/^int8 damage/, /^Arena over time/])
        t.true((await page.getByRole("img", { name }).locator("svg path").count()) > 3);
      const unnamed = await page.$$eval(
        "input, select, button",
        (elements) => elements.filter((it) => !(it.textContent || (it as HTMLInputElement).labels?.length)).length,
      );
      t.is(unnamed, 0);

      // Float ends: operators before and behind the layers, which keep their figures.
      const before = await column(page, "SNR, dB");
      await page.getByLabel("Inputs and outputs").selectOption("float32");
      await button.press("Enter");
      await page.getByRole("link", { name: "0 QUANTIZE" }).waitFor({ timeout: 60_000 });
      t.deepEqual(await column(page, "SNR, dB"), ["", ...before, ""]);

      // 16x8, with ends that were chosen before.
      await page.getByLabel("Activations").selectOption("int16");
      await button.press("Enter");
      await page.getByRole("heading", { name: "int16x8 damage, layer by layer" }).waitFor({ timeout: 60_000 });
      const wide = await convert(folder, {
        name: "residual",
        calibrate: await readSamples(at("samples.npy")),
        activations: "int16",
        io: "float32",
      });
      t.deepEqual(await download(page, "residual.tflite"), Buffer.from(wide.tflite));

      await page.screenshot({ path: path.join(shots, "wide.png"), fullPage: true });
      await page.setViewportSize({ width: 375, height: 800 });
      // Charts are drawn anew first.
      await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, undefined, {
        timeout: 10_000,
      });
      await page.screenshot({ path: path.join(shots, "phone.png"), fullPage: true });
      t.deepEqual(complaints.flat(), []);

      // On a host with a strict policy, that of the package's README; without samples a float model.
      await hosted.goto(url);
      await hosted.getByLabel("Model: a folder").setInputFiles(folder);
      await hosted.getByRole("button", { name: "Convert" }).click();
      await hosted.getByRole("link", { name: "residual.tflite" }).waitFor({ timeout: 60_000 });
      const float = await convert(folder, { name: "residual" });
      t.deepEqual(await download(hosted, "residual.tflite"), Buffer.from(float.tflite));
      t.regex(await hosted.getByRole("main").innerText(), /No figures of TensorFlow Lite Micro: .* not in float32\./);
      t.regex(await hosted.getByRole("main").innerText(), /No estimate: models of float32 were not measured\./);
      t.deepEqual(complaints.flat(), []);
    } finally {
      await browser.close();
      server.closeAllConnections();
      server.close();
    }
  },
);
