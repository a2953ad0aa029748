import { useEffect, useMemo } from "preact/hooks";
import { cArray } from "tfjs-to-tflite/convert/cArray.js";
import type { Result } from "./result.js";
import { whole } from "./text.js";

/** A link to a file that is made here. */
function Download({ name, parts }: { name: string; parts: readonly BlobPart[] }) {
  const blob = useMemo(() => new Blob([...parts], { type: "application/octet-stream" }), [parts]);
  const address = useMemo(() => URL.createObjectURL(blob), [blob]);
  useEffect(() => () => URL.revokeObjectURL(address), [address]);
  return (
    <li>
      <a href={address} download={name}>
        {name}
      </a>{" "}
      <span class="muted">{whole(blob.size)} bytes</span>
    </li>
  );
}

export function Downloads({ name, tflite, report }: Result) {
  const files = useMemo((): [string, BlobPart[]][] => {
    const { source, header } = cArray(name, `${name}.h`, tflite);
    return [
      [`${name}.tflite`, [new Uint8Array(tflite)]],
      [`${name}.c`, [...source.chunks()].map((chunk) => new Uint8Array(chunk))],
      [`${name}.h`, [header]],
      [`${name}.json`, [`${JSON.stringify(report, null, 2)}\n`]],
    ];
  }, [name, tflite, report]);
  return (
    <ul>
      {files.map(([file, parts]) => (
        <Download key={file} name={file} parts={parts} />
      ))}
    </ul>
  );
}
