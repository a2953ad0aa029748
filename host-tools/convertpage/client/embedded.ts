/** What the page's file has beside its program. */
export interface Embedded {
  /** The program of the worker. */
  worker: string;
  /** Addresses of tfjs's .wasm files: with SIMD, and without. */
  wasm: { plain: string; simd: string };
}
