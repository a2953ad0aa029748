/** Figures of docs/convert.md that tests measure: LOAM_LAYERS=write writes them. */
import { readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import type { Measured } from "../../host-tools/generate/layers.js";

const asked = process.env["LOAM_LAYERS"] ?? "";

/** The worst of all cases that something is in, by its name. */
export class Figures {
  readonly #measured = new Map<string, Measured>();
  readonly #before: Map<string, Measured>;

  constructor(readonly file: string) {
    const before = JSON.parse(readFileSync(file, "utf8")) as Measured[];
    this.#before = new Map(before.map((each) => [each.name, each]));
  }

  note(names: Iterable<string>, figures: Partial<Omit<Measured, "name">>): void {
    for (const name of new Set(names)) {
      const { float, snr, snr16, micro, tflm } = this.#measured.get(name) ?? { float: 0, snr: Infinity, micro: false };
      const wide = Math.min(snr16 ?? Infinity, figures.snr16 ?? Infinity);
      const same = figures.tflm === undefined ? tflm : (tflm ?? true) && figures.tflm;
      this.#measured.set(name, {
        name,
        float: Math.max(float, figures.float ?? 0),
        snr: Math.min(snr, figures.snr ?? Infinity),
        ...(Number.isFinite(wide) && { snr16: wide }),
        micro: micro || figures.micro === true,
        ...(same !== undefined && { tflm: same }),
      });
    }
  }

  /** What was measured; of TensorFlow Lite Micro what was before, where it was not there this time. */
  async write(): Promise<void> {
    if (asked !== "write") return;
    const rounded = [...this.#measured.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, float, snr, snr16, micro, tflm = this.#before.get(name)?.tflm }) => ({
        name,
        float: Number(float.toExponential(0)),
        snr: Math.round(snr),
        ...(snr16 !== undefined && { snr16: Math.round(snr16) }),
        micro,
        ...(tflm !== undefined && { tflm }),
      }));
    const style = { ...(await resolveConfig(this.file)), filepath: this.file };
    writeFileSync(this.file, await format(JSON.stringify(rounded), style));
  }
}
