import { lazy, Suspense, type ComponentType } from "react";

/** `fetch` asks for the script before it is shown, such as when a pointer comes near. */
type Late<Props> = ComponentType<Props> & { readonly fetch: () => void };

/** A part of a page whose script is fetched when it is first shown, such as a dialog: the page comes without it. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): Late<Props> {
  const Inner = lazy<ComponentType<Props>>(() => load().then((it) => ({ default: it })));
  const Later = (props: Props) => <Suspense fallback={null}><Inner {...props} /></Suspense>;
  // Where it fails, showing the part says so.
  const fetch = () => void load().catch(() => undefined);
  return Object.assign(Later, { fetch });
}

/** For a button that shows such a part: whoever comes near will soon press. */
export function fetchedBy(part: { readonly fetch: () => void }) {
  return { onHoverStart: part.fetch, onFocus: part.fetch, onPressStart: part.fetch };
}
