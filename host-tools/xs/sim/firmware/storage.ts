import Flash from "flash";

/** The SDK's `embedded:storage/flash`, as far as `embedded:update` needs it. */
export default {
  open: ({ path }: { path: string }): Flash => new Flash(path),
};
