import type { App, AppApi, AppVerdict, StartApp } from "./app/api.js";

/** The app script in its compartment: a global object and built-ins of its own, no modules but its own, and the API. */
export class AppScript {
  readonly #app: App;

  /**
   * @param text its source; undefined: the firmware's module `app`, or that of a mod
   * @throws what the script throws, or TypeError when it has no default export that returns an app
   */
  constructor(api: AppApi, text?: string) {
    // The built-in objects that the compartment shares with our code are in flash, frozen.
    const compartment = new Compartment({
      globals: {},
      modules: { app: { source: text === undefined ? "app" : new ModuleSource(text) } },
    });
    // XS counts its `trace` among the built-in objects. In a firmware they are inherited from flash, where it can be hidden only.
    Reflect.deleteProperty(compartment.globalThis, "trace");
    if ("trace" in compartment.globalThis)
      Reflect.defineProperty(compartment.globalThis, "trace", { value: undefined });
    const start = compartment.importNow("app")["default"] as StartApp;
    if (typeof start !== "function") throw new TypeError("app script: its default export is not a function");
    const app = start(Object.freeze(api, true)) as Partial<App> | undefined;
    if (typeof app?.onVerdict !== "function")
      throw new TypeError("app script: its default export returned no onVerdict");
    this.#app = app as App;
  }

  /** 0: it names none. */
  get version(): number {
    const { version = 0 } = this.#app;
    return version;
  }

  onVerdict(verdict: AppVerdict): void {
    this.#app.onVerdict(Object.freeze({ ...verdict }, true));
  }
}
