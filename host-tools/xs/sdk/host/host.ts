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
};

export default Host;
