/** Models on hosts, and those that somebody dropped on a page: with what browsers and Node have. */
import { UserError } from "../lib/errors.js";
import { systemReason } from "../lib/systemreasons.js";
import { isWholeFile } from "../keras/kind.js";
import type { ModelFiles } from "./modelJson.js";

/** Hosts whose addresses of models name no file, and what they want to be asked (tfjs: fromTFHub). */
const hubs: ReadonlySet<string> = new Set(["tfhub.dev", "kaggle.com", "www.kaggle.com"]);
const hubQuery = "?tfjs-format=file";

/** The address of model.json: as given when it names a JSON file or one with a whole model, else that file in the folder. @throws UserError when it is none */
function modelAddress(address: string | URL): URL {
  let url: URL;
  try {
    url = new URL(address, (globalThis as { document?: { baseURI: string } }).document?.baseURI);
  } catch {
    throw new UserError(`"${String(address)}" is not an address; expected one such as https://example.org/model.json`);
  }
  if (url.username !== "" || url.password !== "")
    throw new UserError(
      `the address has a user name or a password in it, which are not sent; download the files of ${url.host}${url.pathname}, and give those`,
    );
  if (url.pathname.endsWith(".json") || isWholeFile(url.pathname)) return url;
  url.pathname = `${url.pathname.replace(/\/$/, "")}/model.json`;
  if (hubs.has(url.hostname)) url.search ||= hubQuery;
  return url;
}

/** Browsers do not say why: a page may not know what other hosts answer. */
const unseen =
  "the browser gets no answer that this page may read. The host is not there, or it does not allow the pages of other sites (CORS, Access-Control-Allow-Origin): then download the model's files, and give those";

/** What Node's fetch says of itself, and not of the host. */
const reasonsOfFetch: Readonly<Record<string, string>> = {
  "bad port": "no program of the web asks at that port, which belongs to another service",
  "redirect count exceeded": "it redirects in a circle, or more than 20 times",
};

function reasonOf(error: unknown): string {
  // Node's fetch hides the reason behind "fetch failed".
  const { cause } = error as { cause?: Error };
  const own = reasonsOfFetch[cause?.message ?? ""];
  if (own !== undefined) return own;
  return cause === undefined && error instanceof TypeError ? unseen : systemReason(cause ?? error);
}

/** The host is there, and says no. */
class Refusal extends UserError {}

async function fetched(url: URL, what: string): Promise<{ bytes: Uint8Array; from: string }> {
  let answer: Response;
  try {
    answer = await fetch(url);
    if (answer.ok) return { bytes: new Uint8Array(await answer.arrayBuffer()), from: answer.url };
  } catch (error) {
    throw new UserError(`cannot fetch ${what} ${url.href}: ${reasonOf(error)}`);
  }
  const through = answer.redirected ? `, to which it redirects: ${answer.url}` : "";
  throw new Refusal(
    `cannot fetch ${what} ${url.href}: the host answers ${`${answer.status} ${answer.statusText}`.trim()}${through}`,
  );
}

/** @param address of a model.json or of a .keras, .h5 or .zip file, or of the folder that holds it; those of tfhub.dev and kaggle.com too @throws UserError when it is no address */
export function filesOnHost(address: string | URL): ModelFiles {
  const url = modelAddress(address);
  /** Where model.json came from, behind redirections. */
  let source = url.href;
  const besides = (part: string, base: string | URL): URL => {
    const beside = new URL(part, base);
    // Hosts that want a key or a format in the query want it for every file.
    if (beside.origin === url.origin) beside.search ||= url.search;
    return beside;
  };
  return {
    name: url.href,
    async read(part) {
      if (part === undefined) {
        const { bytes, from } = await fetched(url, "the model");
        source = from;
        return bytes;
      }
      const [named, redirected] = [besides(part, url), besides(part, source)];
      try {
        return (await fetched(named, "the weights")).bytes;
      } catch (error) {
        if (!(error instanceof Refusal) || redirected.href === named.href) throw error;
        return (await fetched(redirected, "the weights")).bytes;
      }
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
  const whole = all.filter((file) => isWholeFile(file.name));
  const [model, other] = named.length > 0 ? named : [...json, ...whole];
  if (!model || other)
    throw new UserError(
      `${all.length === 0 ? "no files were given" : `${all.map(pathOf).join(", ")}: ${model ? "more than one model" : "no model.json among them"}`}; expected one model.json of a tfjs model and its files of weights, or one .keras, .h5 or .zip file`,
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
