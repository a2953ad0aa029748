/** XS types that the SDK's typings lack; the manifest passes this file to the SDK's compiler. */

interface ModuleDescriptor {
  /** Name of a module of the firmware, of which the compartment gets an instance of its own; or a module's text. */
  source: string | ModuleSource;
}

/** A module, compiled from its text. */
declare class ModuleSource {
  /** @throws SyntaxError */
  constructor(text: string);
}

/** XS's Compartment: modules of their own global object, which see only what `globals` and `modules` give them. */
declare class Compartment {
  constructor(options: { globals?: Record<string, unknown>; modules?: Record<string, ModuleDescriptor> });
  readonly globalThis: Record<string, unknown>;
  importNow(specifier: string): Record<string, unknown>;
}
