/** Short names for what is shown. */
import type { Part } from "./messages.js";

/** Of the model's file or folder, or "model": what files and the C symbol are called. */
export function nameOf(model: readonly Part[]): string {
  const [, folder] = /([^/]+)\/[^/]*$/.exec(model[0]?.path ?? "") ?? [];
  const files = model.map(({ path }) => /([^/]*)\.(?:keras|h5|hdf5|zip|json)$/i.exec(path)?.[1]);
  const file = files.find((name) => name !== undefined && name !== "model");
  const name = (file ?? folder ?? "").replaceAll(/[^A-Za-z0-9_.-]+/g, "_");
  return /[A-Za-z0-9]/.test(name) ? name : "model";
}

/** Names without the folders that all of them begin with, as graph models have them. */
export function withoutShared(names: readonly string[]): string[] {
  const [first = "", ...others] = names;
  const folders = first.split("/").slice(0, -1);
  let shared = "";
  for (const folder of folders) {
    const longer = `${shared}${folder}/`;
    if (others.length === 0 || !others.every((name) => name.startsWith(longer))) break;
    shared = longer;
  }
  return names.map((name) => name.slice(shared.length));
}
