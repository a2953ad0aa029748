/** How a call ended. In the order of ScriptOutcome (scriptHal.h). */
export type Outcome = "ok" | "time" | "memory" | "stack" | "exception" | "quota";

export const outcomes: readonly Outcome[] = ["ok", "time", "memory", "stack", "exception", "quota"];

export interface ScriptResult {
  readonly outcome: Outcome;
  /** What the machine's module returned; of an exception that it did not catch: nothing. */
  readonly text: string;
}

export interface ScriptMachineOptions {
  /** Of slots and chunks. */
  readonly bytes: number;
  /** Slots. */
  readonly stack: number;
  /** Module of the firmware whose default export gets the text of each `call` and returns a text. It asks by `native("xs_script_ask")`. */
  readonly module: string;
  /** Answers what the machine asks, with a text. One that begins with "#" stops the call, as `quota`. */
  ask(question: string): string;
}

/**
 * An XS machine of its own, in which script can do no harm: it has its own memory and stack, each call has a time, and nothing but text passes
 * between it and the node's machine. After any outcome but "ok" it is to be closed.
 */
export class ScriptMachine extends (Native("xs_script_destructor") as new () => object) {
  /** @throws Error when there is no memory for it, or the module cannot be loaded */
  constructor({ bytes, stack, module, ask }: ScriptMachineOptions) {
    super();
    native("xs_script_open").call(this, bytes, stack, module, ask);
  }

  /** Calls the module with `text`, runs its promise jobs, and stops it after `ms`. @throws Error when it is closed, or being called */
  call(text: string, ms: number): ScriptResult {
    const result = native("xs_script_call").call(this, text, ms) as string;
    return { outcome: outcomes[result.charCodeAt(0) - 48]!, text: result.slice(1) };
  }

  /** Frees its memory, and what its calls have left behind. @returns bytes that cannot be freed until the node starts again */
  close(): number {
    return native("xs_script_close").call(this) as number;
  }
}

/** To be called before anything else: a full memory of the node's own machine starts it again. */
export function protectNode(): void {
  native("xs_script_protect").call(undefined);
}
