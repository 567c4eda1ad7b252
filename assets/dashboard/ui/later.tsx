import { lazy, Suspense, type ComponentType } from "react";

/** A part of a page whose script is fetched when it is first shown, such as a dialog: the page comes without it. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const Inner = lazy<ComponentType<Props>>(() => load().then((it) => ({ default: it })));
  return function Later(props: Props) {
    return <Suspense fallback={null}><Inner {...props} /></Suspense>;
  };
}
