/**
 * @param root loam's own folder
 * @returns file of the command line as JavaScript; undefined: there is none, and none can be made
 */
export function bundledCli(root: string): Promise<string | undefined>;

/**
 * Makes JavaScript of a program and its modules.
 * @param entry relative to `root`, loam's own folder
 * @param outdir a folder in `root`, from which Node finds its packages
 */
export function bundle(root: string, entry: string, outdir: string): Promise<unknown>;
