import { maxPayloadAt } from "./regions/regions.js";
import type { Session } from "./session.js";

/** Value of data rate and power in a LinkADRReq that leaves them unchanged. */
const unchanged = 15;

/** Adjacent LinkADRReq as one atomic request (TS001 1.0.4, 5.3): masks are applied in order, data rate, power and NbTrans are the last's. */
export class AdrRequest {
  readonly #session: Session;
  readonly #adr: boolean;
  readonly #mask: Uint16Array<ArrayBuffer>;
  #maskOk = true;
  #dataRate = unchanged;
  #power = unchanged;
  #nbTrans = 0;

  /** @param adr false: the node keeps its data rate and power, and applies only ChMask and NbTrans */
  constructor(session: Session, adr: boolean) {
    this.#session = session;
    this.#adr = adr;
    this.#mask = session.channels.mask.slice();
  }

  /** The four bytes of one request at `at`. */
  add(bytes: Uint8Array, at: number): void {
    this.#dataRate = bytes[at]! >> 4;
    this.#power = bytes[at]! & 15;
    const redundancy = bytes[at + 3]!;
    this.#nbTrans = redundancy & 15;
    const bits = bytes[at + 1]! | (bytes[at + 2]! << 8);
    if (!this.#session.channels.applyMask((redundancy >> 4) & 7, bits, this.#mask)) this.#maskOk = false;
  }

  /** Applies all of it or nothing. @returns the answer's status: bit 0 channel mask, bit 1 data rate, bit 2 power */
  finish(): number {
    const session = this.#session;
    const { channels } = session;
    const { region } = channels;
    const dataRate = this.#dataRate === unchanged ? session.dataRate : this.#dataRate;
    const power = this.#power === unchanged ? session.powerIndex : this.#power;
    const maskOk = this.#maskOk && channels.isUsable(this.#mask);
    const usable =
      maxPayloadAt(region, dataRate, session.uplinkDwell) > 0 && (this.#adr || dataRate === session.dataRate);
    const rateOk = usable && channels.supports(dataRate, this.#maskOk ? this.#mask : channels.mask);
    const powerOk = power <= region.maxTxPower && (this.#adr || power === session.powerIndex);
    if (maskOk && rateOk && powerOk) {
      channels.mask.set(this.#mask);
      session.dataRate = dataRate;
      session.powerIndex = power;
      // 0 is the default (TS001 1.0.4, 5.3).
      session.nbTrans = this.#nbTrans || 1;
    }
    return (maskOk ? 1 : 0) | (rateOk ? 2 : 0) | (powerOk ? 4 : 0);
  }
}
