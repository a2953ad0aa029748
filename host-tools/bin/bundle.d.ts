/**
 * @param root loam's own folder
 * @returns file of the command line as JavaScript; undefined: there is none, and none can be made
 */
export function bundledCli(root: string): Promise<string | undefined>;

/**
 * Makes JavaScript of programs and their modules.
 * @param entry relative to `root`, loam's own folder
 * @param outdir a folder in `root`, from which Node finds its packages
 */
export function bundle(root: string, entries: readonly string[], outdir: string, outbase?: string): Promise<unknown>;

/** Deletes the folders in `place` that nobody can be using any more, and not `folder`. */
export function removeOld(place: string, folder: string): void;
