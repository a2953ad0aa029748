/**
 * @param root loam's own folder
 * @returns file of the command line as JavaScript; undefined: there is none, and none can be made
 */
export function bundledCli(root: string): Promise<string | undefined>;
