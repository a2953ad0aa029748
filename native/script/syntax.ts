/* eslint-disable prefer-rest-params, @typescript-eslint/require-await */
/**
 * The SDK's linker leaves out of a firmware what XS needs for syntax that none of its modules uses. A script may use all of it, so this uses all of it;
 * it is never run, and not in flash when it is preloaded.
 */
class Private {
  #value = 0;
  static #count = 0;
  static {
    Private.#count++;
  }
  get value(): number {
    return #value in this ? this.#value : Private.#count;
  }
  set value(value: number) {
    this.#value = value;
  }
}

async function* syntax(iterable: AsyncIterable<unknown>): AsyncGenerator {
  const given: unknown = arguments;
  for await (const each of iterable) yield each;
  const text: unknown = eval("given");
  yield* [await import("./builtins.js"), /x/, function* () {}, async () => text ?? given];
}

void [Private, syntax];
