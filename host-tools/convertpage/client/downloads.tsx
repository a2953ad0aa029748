import { useEffect, useMemo } from "preact/hooks";
import { cArray } from "tfjs-to-tflite/convert/cArray.js";
import type { Result } from "./result.js";
import { whole } from "../../web/format.js";

interface File {
  name: string;
  what: string;
  parts: readonly BlobPart[];
}

/** A link to a file that is made here. */
function Download({ name, what, parts }: File) {
  const blob = useMemo(() => new Blob([...parts], { type: "application/octet-stream" }), [parts]);
  const address = useMemo(() => URL.createObjectURL(blob), [blob]);
  useEffect(() => () => URL.revokeObjectURL(address), [address]);
  return (
    <li>
      <a href={address} download={name}>
        {name}
      </a>{" "}
      <span class="muted">
        {what}, {whole(blob.size)} bytes
      </span>
    </li>
  );
}

export function Downloads({ name, tflite, report }: Result) {
  const files = useMemo((): File[] => {
    const { source, header } = cArray(name, `${name}.h`, tflite);
    return [
      { name: `${name}.tflite`, what: "the model", parts: [new Uint8Array(tflite)] },
      {
        ...{ name: `${name}.c`, what: "the same as a C array" },
        parts: [...source.chunks()].map((chunk) => new Uint8Array(chunk)),
      },
      { name: `${name}.h`, what: "its header", parts: [header] },
      { name: `${name}.json`, what: "report", parts: [`${JSON.stringify(report, null, 2)}\n`] },
    ];
  }, [name, tflite, report]);
  return (
    <ul>
      {files.map((file) => (
        <Download key={file.name} {...file} />
      ))}
    </ul>
  );
}
