/** What names a packaged network in cloud.config.json. @param sequence of the package */
export const networkEntry = (sequence: number): string => `{ "model": "FOLDER/model.tflite", "sequence": ${sequence} }`;

/** Why windows of nodes with a network that the cloud does not have wait, and what is to be done. @param sequence of the package that brought it */
export const missingNetwork = (sequence: number): string =>
  `the node's network came with package ${sequence}, and this cloud does not have it: add ${networkEntry(sequence)} to networks in cloud.config.json, and restart loam cloud`;
