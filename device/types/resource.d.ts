/** Resource as the SDK types it since 8.x: a value, not a type; @moddable/typings still has a class. */
declare module "Resource" {
  const Resource: {
    /** @throws URIError when there is no such resource */
    new (name: string): HostBuffer & {
      slice(begin: number, end?: number): ArrayBuffer;
      slice(begin: number, end?: number, copy?: boolean): HostBuffer;
    };
    exists(name: string): boolean;
  };
  export { Resource as default };
}
