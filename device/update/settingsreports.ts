import Sleep from "sleep";
import { encodeSettingsReport, type SettingsInForce } from "../codec/settingsreport.js";
import type { Fields, RetainedPart } from "../flash/fields.js";

/** Reports the settings in force: when they are asked for, and, once a package was in force, when they are others than those that were reported last. */
export class SettingsReports implements RetainedPart {
  readonly #inForce: () => SettingsInForce;
  readonly #report: (settings: SettingsInForce) => boolean;
  /** Of what was reported last, since the last power-on. */
  #reported = 0;
  #isAsked = false;
  #isChecked = false;

  /** @param report returns false when there is no room for it */
  constructor(inForce: () => SettingsInForce, report: (settings: SettingsInForce) => boolean) {
    this.#inForce = inForce;
    this.#report = report;
  }

  layout(fields: Fields): void {
    this.#reported = fields.number(4, this.#reported);
    this.#isAsked = fields.number(1, this.#isAsked ? 1 : 0) === 1;
  }

  ask(): void {
    this.#isAsked = true;
    this.check(false);
  }

  /** What there was no room for is reported later. @param isChangeable a package was in force: settings change when the program begins anew */
  check(isChangeable: boolean): void {
    if (!this.#isAsked && (this.#isChecked || !isChangeable)) return;
    const settings = this.#inForce();
    const checksum = checksumOf(settings);
    if ((this.#isAsked || checksum !== this.#reported) && !this.#report(settings)) return;
    this.#reported = checksum;
    this.#isAsked = false;
    this.#isChecked = true;
  }
}

function checksumOf(settings: SettingsInForce): number {
  let sum = 0;
  for (const payload of encodeSettingsReport(settings, 0)) sum = (31 * sum + Sleep.checksum(payload)) >>> 0;
  return sum;
}
