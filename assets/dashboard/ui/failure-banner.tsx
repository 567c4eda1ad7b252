import { text } from "texts:common";
import type { Failure } from "../api";
import { Button } from "./button";
import { Banner } from "./states";

/** What no field of the form can say. */
export function FailureBanner({ failure, fields = [], onReload }: { readonly failure: Failure; readonly fields?: readonly string[]; readonly onReload?: (() => void) | undefined }) {
  const elsewhere = failure.errors.filter(({ pointer }) => !fields.includes(pointer));
  if (failure.errors.length > 0 && elsewhere.length === 0) return null;
  const isStale = failure.status === 409 || failure.status === 412;
  return (
    <Banner tone="danger">
      <p>{failure.message}</p>
      {elsewhere.length > 0 && <ul>{elsewhere.map(({ pointer, detail }) => <li key={pointer}>{detail}</li>)}</ul>}
      {isStale && failure.code === "stale_version" && onReload && <p><Button isSmall onPress={onReload}>{text.reload_keep}</Button></p>}
      {failure.status >= 500 && failure.requestId && <p className="hint">{text.request_id} <code>{failure.requestId}</code></p>}
    </Banner>
  );
}
