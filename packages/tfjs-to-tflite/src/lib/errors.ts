import { systemReason } from "./systemreasons.js";

/**
 * An error whose message is meant for the user: what, where, how much, what would be right.
 * The command line prints its message without a stack and exits with `exitCode`.
 */
export class UserError extends Error {
  override name = "UserError";

  /** @param options `cause`: the error that it says in other words, whose stack is shown when somebody looks for a bug */
  constructor(
    message: string,
    readonly exitCode = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Something outside the project is missing. `install` is the command that installs it. */
export class MissingTool extends UserError {
  override name = "MissingTool";

  constructor(what: string, install: string) {
    super(`${what} is not installed. Install it with:\n  ${install}`, 2);
  }
}

/** A failed file operation as an error for the user; undefined for an error of another kind. */
export function systemFailure(error: unknown): UserError | undefined {
  const { path, syscall } = error as NodeJS.ErrnoException;
  return path !== undefined && syscall !== undefined ? new UserError(`${path}: ${systemReason(error)}`) : undefined;
}
