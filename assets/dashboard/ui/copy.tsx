import { useState } from "react";
import { text } from "texts:common";
import { Button } from "./button";

const COPIED_MS = 2_500;

/** Copies, and says whether that worked; where the browser forbids it, the text can be selected by one click. */
export function CopyButton({ value, label = text.copy, look = "secondary" }: { readonly value: string; readonly label?: string; readonly look?: "primary" | "secondary" }) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  const copy = async () => {
    const isCopied = await navigator.clipboard.writeText(value).then(() => true, () => false);
    setState(isCopied ? "copied" : "failed");
    setTimeout(() => setState("idle"), COPIED_MS);
  };
  return (
    <span className="copy">
      <Button look={look} isSmall icon={state === "copied" ? "check" : "copy"} onPress={() => void copy()}>
        {state === "copied" ? text.copied : label}
      </Button>
      <span role="status" className={state === "failed" ? "hint" : "visually-hidden"}>{state === "idle" ? "" : state === "copied" ? text.copied : text.copy_failed}</span>
    </span>
  );
}

export function Secret({ value, label }: { readonly value: string; readonly label: string }) {
  return (
    <div className="secret">
      <code tabIndex={0} aria-label={label}>{value}</code>
      <CopyButton value={value} look="primary" />
    </div>
  );
}

export function CodeBlock({ code, label }: { readonly code: string; readonly label: string }) {
  return (
    <div className="code-block">
      <pre tabIndex={0} aria-label={label}><code>{code}</code></pre>
      <CopyButton value={code} />
    </div>
  );
}
