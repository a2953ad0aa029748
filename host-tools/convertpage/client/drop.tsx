import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { filesDropped } from "./dropped.js";
import type { Part } from "./messages.js";
import { whole } from "./text.js";

interface DropOptions {
  title: string;
  hint: string;
  parts: readonly Part[];
  onParts(parts: Part[]): void;
  onError(message: string): void;
  children?: ComponentChildren;
}

/** What systems leave in folders, such as .DS_Store, is none of it. */
const isSeen = ({ path }: Part): boolean => !path.split("/").some((part) => part.startsWith("."));

const chosen = (list: FileList | null): Part[] =>
  [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file })).filter(isSeen);

const named = 3;

function list(parts: readonly Part[]): string {
  if (parts.length === 0) return "nothing yet";
  const names = parts.slice(0, named).map(({ path }) => path);
  return names.join(", ") + (parts.length > named ? ` and ${whole(parts.length - named)} more` : "");
}

/** A place for files: dropped, or chosen with the keyboard. */
export function Drop({ title, hint, parts, onParts, onError, children }: DropOptions) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const drop = async (event: DragEvent): Promise<void> => {
    event.preventDefault();
    setOver(false);
    try {
      onParts((await filesDropped(event.dataTransfer!)).filter(isSeen));
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
        Drop them here, or choose files
        <input
          type="file"
          aria-label={`${title}: files`}
          multiple
          onChange={(event) => onParts(chosen(event.currentTarget.files))}
        />
      </label>
      <label>
        or a folder
        <input
          type="file"
          aria-label={`${title}: a folder`}
          {...{ webkitdirectory: true }}
          onChange={(event) => onParts(chosen(event.currentTarget.files))}
        />
      </label>
      <p role="status">{list(parts)}</p>
      {children}
    </div>
  );
}
