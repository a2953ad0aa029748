import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { isInstalled, loamRoot } from "../lib/paths.js";
import type { BoardName } from "../node/boards.js";
import { checkConfig } from "../node/check.js";
import { exampleNode } from "../node/nodeFolder.js";
import { sensorManifest, sensorManifestName } from "../node/sensorManifest.js";
import { onBoard } from "./onBoard.js";
import { dependencyFrom, loamPackage, localName, resolvedFrom } from "./dependency.js";

const template = path.join(loamRoot, "host-tools/init/template");

/** A text of the template with its {{places}} filled in. */
async function filled(name: string, values: Record<string, string> = {}): Promise<string> {
  const text = await readFile(path.join(template, name), "utf8");
  return text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key]!);
}

/** A name that npm takes for a package that depends on loam. */
function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._~-]+/g, "-")
    .replace(/^[._-]+/, "");
  if (name === "") return "node";
  return name === localName || name === loamPackage.name ? `my-${name}` : name;
}

/** Of those that nobody has been given by the IEEE: the second lowest bit of the first byte is set. */
function randomEui(): string {
  const bytes = randomBytes(8);
  bytes[0] = (bytes[0]! & 0xfc) | 2;
  return bytes.toString("hex");
}

/** The example's description with a name and keys of its own, in the example's layout; of a board in that of JSON. */
function description(folder: string, name: string, { radio, ...config }: NodeConfig, text: string): string {
  // By functions: in a text that is put in, a folder's `$&` would stand for what it replaces.
  return text
    .replace("./node.schema.json", () => `${manifestPath(folder)}/node.schema.json`)
    .replace(JSON.stringify(config.name), () => JSON.stringify(name))
    .replace(radio.devEui, randomEui())
    .replace(radio.appKey!, randomBytes(16).toString("hex"));
}

/** The columns of a recording, and a few of its rows. */
function columns({ sensors, classes }: NodeConfig): string {
  const fastest = Math.max(...sensors.map(({ rate }) => rate));
  const row = (time: number, at: number): string =>
    [
      time.toFixed(3),
      ...sensors.map(({ rate, range: [low, high] }) =>
        at % Math.round(fastest / rate) === 0 ? ((low + high) / 2).toFixed(2) : "",
      ),
      classes[0],
    ].join(",");
  return [
    ["time", ...sensors.map(({ name }) => name), "label"].join(","),
    ...[0, 1, 2].map((at) => row(1767225600 + at / fastest, at)),
  ].join("\n");
}

interface NodeFiles {
  /** By their names in the node's folder. */
  files: Map<string, string | Uint8Array>;
  /** What of the example found no pin on the board. */
  left: string[];
}

/** The files of a new node. */
export async function nodeFiles(folder: string, board?: BoardName): Promise<NodeFiles> {
  const name = path.basename(folder);
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  const text = await readFile(exampleNode.description, "utf8");
  const placed = board && onBoard(JSON.parse(text) as NodeConfig, board);
  const { config } = checkConfig(placed?.description ?? JSON.parse(text));
  const files = new Map<string, string | Uint8Array>([
    ["node.config.json", description(folder, name, config, placed ? json(placed.description) : text)],
    ["app/app.ts", (await readFile(path.join(loamRoot, "device/app/app.ts"), "utf8")).replace("./api.js", "loam/app")],
    ["manifest.json", await filled("manifest.json", { loam: manifestPath(folder) })],
    [sensorManifestName, sensorManifest(config, "$(LOAM)")],
    ["recordings/README.md", await filled("recordings/README.md", { columns: columns(config) })],
    ["README.md", await filled("README.md", { name })],
    ["tsconfig.json", await filled("tsconfig.json")],
    [
      "package.json",
      json({
        name: packageName(name),
        private: true,
        type: "module",
        scripts: { start: "loam example --install", typecheck: "tsc" },
        dependencies: { [localName]: dependencyFrom(folder, isInstalled(loamRoot)) },
        devDependencies: { typescript: loamPackage.dependencies?.["typescript"] },
      }),
    ],
    // Private keys of `loam script keygen` too.
    [".gitignore", "node_modules/\nbuild/\n*.pem\n"],
    // The install scripts of what loam depends on build what it does not use.
    [".npmrc", "ignore-scripts=true\n"],
  ]);
  for (const file of ["model.tflite", "normalizer.bin", "operators.json"])
    files.set(`model/${file}`, await readFile(path.join(exampleNode.network, file)));
  return { files, left: placed?.left ?? [] };
}

/** The loam that editors, and the SDK's mcconfig when it is called without loam device, take. */
const manifestPath = (folder: string): string => {
  const place = resolvedFrom(folder) ?? path.join(folder, "node_modules", localName);
  const relative = path.relative(folder, place).split(path.sep).join("/");
  // mcconfig takes only what begins with ./ for relative to the manifest.
  return `./${relative}`;
};
