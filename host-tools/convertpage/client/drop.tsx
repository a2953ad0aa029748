import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { filesDropped } from "./dropped.js";
import type { Part } from "./messages.js";
import { whole } from "../../web/format.js";

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

type Field = "files" | "a folder";

/** A place for files: dropped, or chosen with the keyboard. */
export function Drop({ title, hint, parts, onParts, onError, children }: DropOptions) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  // Fields begin anew when the files come from elsewhere: they would show what they had, and not take the same again.
  const [turns, setTurns] = useState<Record<Field, number>>({ files: 0, "a folder": 0 });
  const take = (from: Field | undefined, given: Part[]): void => {
    const next = (field: Field): number => turns[field] + (field === from ? 0 : 1);
    setTurns({ files: next("files"), "a folder": next("a folder") });
    onParts(given);
  };
  const input = (field: Field) => (
    <input
      key={turns[field]}
      type="file"
      aria-label={`${title}: ${field}`}
      {...(field === "files" ? { multiple: true } : { webkitdirectory: true })}
      onChange={(event) => take(field, chosen(event.currentTarget.files))}
    />
  );
  const drop = async (event: DragEvent): Promise<void> => {
    event.preventDefault();
    setOver(false);
    try {
      take(undefined, (await filesDropped(event.dataTransfer!)).filter(isSeen));
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
        {input("files")}
      </label>
      <label>
        or a folder
        {input("a folder")}
      </label>
      <p role="status">{list(parts)}</p>
      {children}
    </div>
  );
}
