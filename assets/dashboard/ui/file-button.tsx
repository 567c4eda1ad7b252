import { useRef } from "react";
import type { IconName } from "./icons";
import { Button, type Look } from "./button";

/** A button that opens the browser's choice of files. */
export function FileButton({ accept, isMultiple = false, look = "secondary", icon = "upload", isBusy = false, onFiles, children }: {
  readonly accept: string;
  readonly isMultiple?: boolean;
  readonly look?: Look;
  readonly icon?: IconName;
  readonly isBusy?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input ref={input} type="file" hidden accept={accept} multiple={isMultiple} aria-label={children} onChange={(event) => {
        onFiles([...(event.target.files ?? [])]);
        // The same file can be chosen again after a failure.
        event.target.value = "";
      }} />
      <Button look={look} icon={icon} isBusy={isBusy} onPress={() => input.current?.click()}>{children}</Button>
    </>
  );
}
