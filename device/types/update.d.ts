/** The SDK's module for firmware, and what it needs of that for flash, which @moddable/typings lacks. */
declare module "embedded:storage/flash" {
  class Flash {
    close(): void;
  }
  const FlashStorage: {
    /** @param path name of a data partition, "running" or "nextota" */
    open(options: { path: string; mode?: "r" | "r+" }): Flash;
  };
  export { FlashStorage as default };
}

declare module "embedded:update" {
  interface Updater {
    /** What is not complete is given up. */
    close(): void;
    /** Checks the image, and has the boot loader choose it. @throws Error */
    complete(): void;
    write(bytes: ArrayBufferLike | ArrayBufferView): void;
  }
  const Update: {
    /** mode "a": bytes that follow one another */
    open(options: { partition: object; mode?: "a" | "w"; byteLength?: number }): Updater;
  };
  export { Update as default };
}
