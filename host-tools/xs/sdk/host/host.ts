/** Host functions for a program under test. Device code does not import them. */
const Host = {
  /** RunOptions.args. */
  get args(): string[] {
    return native("xs_host_args")() as string[];
  },
  /** Ends the program at once. */
  exit(code: number): never {
    native("xs_host_exit")(code);
    throw new Error("unreachable");
  },
  /** From now on, or no longer, XS collects garbage and moves chunks whenever it takes memory. @throws Error in a program that was not built with `stress` */
  stress(isOn: boolean): void {
    native("xs_host_stress")(isOn);
  },
  /** Detaches a buffer, as ArrayBuffer.prototype.transfer does, which the language of app scripts has not. */
  detach(buffer: ArrayBuffer): void {
    native("xs_host_transfer").call(buffer);
  },
  /** Gives a buffer that was made with `maxByteLength` another length, likewise. */
  resize(buffer: ArrayBuffer, bytes: number): void {
    native("xs_host_resize").call(buffer, bytes);
  },
};

export default Host;
