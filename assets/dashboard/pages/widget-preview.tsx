import { useEffect, useRef, useState } from "react";
import { text } from "texts:widget";
import type { Schemas } from "../contract";
import { Button } from "../ui/button";
import { Segments } from "../ui/segments";
import type { Looks } from "./widget-fields";

const SETTLE_MS = 350;
const MESSAGE_CHARS_MAX = 4_000;

/** The real widget under what is typed, on a page of its own (`preview.ts`). */
export function Preview({ config, looks }: { readonly config: Schemas["ConfigView"]; readonly looks: Looks }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [isReady, setReady] = useState(false);
  const [isOpen, setOpen] = useState(true);
  const [size, setSize] = useState<"desktop" | "phone">("desktop");
  const [isShown, setShown] = useState(false);
  const shown = JSON.stringify(publicConfig(config, looks));
  useEffect(() => {
    const hear = (event: MessageEvent<{ kind?: string }>) => event.source === frame.current?.contentWindow && event.data.kind === "ready" && setReady(true);
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }, []);
  useEffect(() => {
    if (!isReady) return;
    // Typing draws once, when it rests.
    const timer = setTimeout(() => {
      frame.current?.contentWindow?.postMessage({ kind: "looks", client: config.client_id, config: JSON.parse(shown) as unknown, isOpen }, location.origin);
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [isReady, shown, isOpen, config.client_id]);
  return (
    <section className={isShown ? "preview shown" : "preview"} aria-label={text.preview}>
      <div className="preview-toggle"><Button icon="eye" onPress={() => setShown(!isShown)}>{isShown ? text.hide_preview : text.show_preview}</Button></div>
      <div className="preview-head">
        <h2>{text.preview}</h2>
        <Segments label={text.preview_state} value={isOpen ? "open" : "closed"} onChange={(value) => setOpen(value === "open")} choices={[{ value: "open", label: text.open }, { value: "closed", label: text.closed }]} />
        <Segments label={text.preview_size} value={size} onChange={setSize} choices={[{ value: "desktop", label: text.desktop }, { value: "phone", label: text.phone }]} />
      </div>
      <div className={`preview-stage ${size}`}><iframe ref={frame} src="/app/preview.html" title={text.preview} /></div>
    </section>
  );
}

/** What `/api/widget/config/{client_id}` would say if these looks were saved. */
function publicConfig(config: Schemas["ConfigView"], looks: Looks) {
  const { widget_name, allowed_domains: _, ...rest } = looks;
  return {
    ...rest,
    client_id: config.client_id,
    name: widget_name || config.widget_name || text.default_name,
    suggestions: looks.suggestions.filter((it) => it.trim() !== ""),
    logo_url: looks.logo_url || config.logo_file_url,
    language: config.language,
    message_chars_max: MESSAGE_CHARS_MAX,
  };
}
