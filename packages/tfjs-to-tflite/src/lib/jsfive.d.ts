/** The parts of jsfive, which has no types of its own, that are used here. */
declare module "jsfive" {
  export type Attribute = string | number | readonly string[] | readonly number[];

  export interface Dataset {
    readonly shape: number[];
    /** As NumPy writes it: "<f4". */
    readonly dtype: string;
    readonly value: ArrayLike<number>;
    readonly attrs: Readonly<Record<string, Attribute | undefined>>;
  }

  export interface Group {
    readonly keys: string[];
    readonly attrs: Readonly<Record<string, Attribute | undefined>>;
    /** A member, or one of a group in it: "a/b". */
    get(path: string): Group | Dataset | undefined;
  }

  export const File: new (bytes: ArrayBuffer, name: string) => Group;
}
