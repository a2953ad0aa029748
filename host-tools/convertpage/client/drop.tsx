import { useId, useState } from "preact/hooks";
import { filesDropped } from "./dropped.js";
import type { Part } from "./messages.js";

interface DropOptions {
  title: string;
  hint: string;
  parts: readonly Part[];
  /** Whether a folder can be chosen, too. */
  folder?: boolean;
  onParts(parts: Part[]): void;
  onError(message: string): void;
}

const chosen = (list: FileList | null): Part[] =>
  [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** A place for files: dropped, or chosen with the keyboard. */
export function Drop({ title, hint, parts, folder = false, onParts, onError }: DropOptions) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const drop = async (event: DragEvent): Promise<void> => {
    event.preventDefault();
    setOver(false);
    try {
      onParts(await filesDropped(event.dataTransfer!));
    } catch (error) {
      onError(`${title}: ${(error as Error).message}`);
    }
  };
  return (
    <div
      class={isOver ? "drop over" : "drop"}
      role="group"
      aria-labelledby={id}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => void drop(event)}
    >
      <h2 id={id}>{title}</h2>
      <p class="muted">{hint}</p>
      <label>
        {title}: files <input type="file" multiple onChange={(event) => onParts(chosen(event.currentTarget.files))} />
      </label>
      {folder && (
        <label>
          {title}: a folder{" "}
          <input
            type="file"
            {...{ webkitdirectory: true }}
            onChange={(event) => onParts(chosen(event.currentTarget.files))}
          />
        </label>
      )}
      <p role="status">{parts.length > 0 ? parts.map(({ path }) => path).join(", ") : "nothing yet"}</p>
    </div>
  );
}
