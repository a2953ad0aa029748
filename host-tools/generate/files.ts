/** Every tracked file that is made from something else: one row each, and `npm run generate` writes them. */

export interface GeneratedFile {
  /** Relative to the project. */
  file: string;
  make(): string | Promise<string | Uint8Array>;
}

export async function generatedFiles(): Promise<GeneratedFile[]> {
  const { typeFile } = await import("../node/typeFile.js");
  const { editorSchema } = await import("../node/jsonSchema.js");
  const { boardPage } = await import("../node/boardPage.js");
  const { boardFiles } = await import("../node/boardManifest.js");
  const { reference } = await import("../node/reference.js");
  const { sensorManifest, sensorManifestName } = await import("../node/sensorManifest.js");
  const { readNode } = await import("../node/nodeFile.js");
  const { exampleNode } = await import("../node/nodeFolder.js");
  const { languagePage } = await import("../script/language/page.js");
  const { languageTypes } = await import("../script/language/types.js");
  const { builtInsModule } = await import("../script/language/module.js");
  const { apiReference } = await import("../cloudpage/reference.js");
  const { exampleNetwork } = await import("./exampleNetwork.js");
  const { backendsPage, convertPage, operatorList, tflmParsers } = await import("./operators.js");
  return [
    { file: "device/nodeconfig.ts", make: typeFile },
    { file: "native/script/builtins.ts", make: builtInsModule },
    { file: "device/app/language.d.ts", make: languageTypes },
    { file: "docs/language.md", make: languagePage },
    { file: "docs/api.md", make: apiReference },
    { file: "node.schema.json", make: editorSchema },
    { file: "docs/node.md", make: reference },
    { file: "docs/boards.md", make: boardPage },
    ...boardFiles(),
    { file: sensorManifestName, make: async () => sensorManifest(await readNode(exampleNode.description), ".") },
    { file: "native/inference/micro/microOperatorList.h", make: operatorList },
    { file: "native/inference/tflm/tflmParsers.h", make: tflmParsers },
    { file: "device/model/model.tflite", make: exampleNetwork },
    { file: "docs/backends.md", make: backendsPage },
    { file: "docs/convert.md", make: convertPage },
  ];
}
