import { useState, type DragEvent, type ReactNode } from "react";
import { Icon } from "./icons";

/** Takes files that are dropped on it. For the pointer only: a button beside it does the same by keyboard. */
export function DropArea({ hint, onFiles, children }: { readonly hint: string; readonly onFiles: (files: readonly File[]) => void; readonly children: ReactNode }) {
  // Children fire enter and leave too; the drag is over when as many left as entered.
  const [depth, setDepth] = useState(0);
  const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  return (
    <div
      className={depth > 0 ? "drop is-over" : "drop"}
      onDragEnter={(event) => hasFiles(event) && setDepth((before) => before + 1)}
      onDragLeave={(event) => hasFiles(event) && setDepth((before) => Math.max(before - 1, 0))}
      onDragOver={(event) => hasFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        setDepth(0);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      <p className="drop-hint"><Icon name="upload" />{hint}</p>
      {children}
    </div>
  );
}
