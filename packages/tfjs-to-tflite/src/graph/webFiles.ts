/** Models on hosts, and those that somebody dropped on a page: with what browsers and Node have. */
import { UserError } from "../lib/errors.js";
import { systemReason } from "../lib/systemreasons.js";
import { isKerasName } from "../keras/kind.js";
import type { ModelFiles } from "./modelJson.js";

/** Hosts whose addresses of models name no file; what they want to be asked (tfjs: fromTFHub). */
const hubs: Readonly<Record<string, string>> = { "tfhub.dev": "?tfjs-format=file" };

/** The address of model.json: as given when it names a JSON file or one of Keras, else that file in the folder. */
function modelAddress(address: string | URL): URL {
  const url = new URL(address, (globalThis as { document?: { baseURI: string } }).document?.baseURI);
  if (url.pathname.endsWith(".json") || isKerasName(url.pathname)) return url;
  url.pathname = `${url.pathname.replace(/\/$/, "")}/model.json`;
  url.search ||= hubs[url.hostname] ?? "";
  return url;
}

async function fetched(url: URL, what: string): Promise<Uint8Array> {
  let answer: Response;
  try {
    answer = await fetch(url);
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    // Node's fetch hides the reason behind "fetch failed".
    throw new UserError(`cannot fetch ${what} ${url.href}: ${systemReason((error as Error).cause ?? error)}`);
  }
  throw new UserError(`cannot fetch ${what} ${url.href}: the host answers ${answer.status} ${answer.statusText}`);
}

/** @param address of a model.json or of a .keras or .h5 file, or of the folder that holds it; those of tfhub.dev too */
export function filesOnHost(address: string | URL): ModelFiles {
  const url = modelAddress(address);
  return {
    name: url.href,
    read(part) {
      if (part === undefined) return fetched(url, "the model");
      const beside = new URL(part, url);
      // Hosts that want a key or a format in the query want it for every file.
      beside.search ||= url.search;
      return fetched(beside, "the weights");
    },
  };
}

/** A file that a page was given: a File of the browser, or anything that has its bytes. */
export interface GivenFile {
  readonly name: string;
  /** Of a file in a folder that was chosen or dropped. */
  readonly webkitRelativePath?: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

const pathOf = (file: GivenFile): string => file.webkitRelativePath || file.name;
const lastPart = (path: string): string => path.split("/").at(-1)!;

/** @param given a model.json and its weights, in any order and in folders or not, or a file of Keras @throws UserError when there is no model, or more than one */
export function filesGiven(given: Iterable<GivenFile>): ModelFiles {
  const all = [...given];
  const json = all.filter((file) => file.name.endsWith(".json"));
  const named = json.filter((file) => lastPart(pathOf(file)) === "model.json");
  const keras = all.filter((file) => isKerasName(file.name));
  const [model, other] = named.length > 0 ? named : [...json, ...keras];
  if (!model || other)
    throw new UserError(
      `${all.length === 0 ? "no files were given" : `${all.map(pathOf).join(", ")}: ${model ? "more than one model" : "no model.json among them"}`}; expected one model.json of a tfjs model and its files of weights, or one .keras or .h5 file`,
    );
  const folder = pathOf(model).slice(0, -lastPart(pathOf(model)).length);
  return {
    name: pathOf(model),
    async read(part) {
      const file =
        part === undefined
          ? model
          : (all.find((each) => pathOf(each) === folder + part) ?? all.find((each) => each.name === lastPart(part)));
      if (!file)
        throw new UserError(`${pathOf(model)} names the weights ${part!}, which are not among the given files`);
      return new Uint8Array(await file.arrayBuffer());
    },
  };
}
