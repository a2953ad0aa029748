/** The parts of h5wasm that tests use to write files. */
declare module "h5wasm/node" {
  interface Group {
    create_group(path: string): Group;
    create_attribute(name: string, value: string | string[], shape?: null, dtype?: string): void;
    create_dataset(dataset: { name: string; data: Float32Array; shape: number[]; dtype: string }): unknown;
    get(path: string): Group;
  }
  interface File extends Group {
    close(): void;
  }
  const h5wasm: {
    ready: Promise<unknown>;
    File: new (name: string, mode: "w") => File;
  };
  export default h5wasm;
}
