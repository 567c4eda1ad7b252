// Where the keyboard's focus goes in the panel.

const FOCUSABLE = "button, a[href], textarea, [tabindex='0']";

export function fieldOf(place: HTMLElement): HTMLTextAreaElement | null {
  return place.querySelector("textarea");
}

/** On touch screens the field would raise the keyboard over the welcome, so the panel itself takes the focus. */
export function focusInto(place: HTMLElement): void {
  const isTouch = matchMedia("(pointer: coarse)").matches;
  (isTouch ? place.querySelector<HTMLElement>("#panel") : fieldOf(place))?.focus();
}

export function focusThread(place: HTMLElement): void {
  place.querySelector<HTMLElement>(".thread")?.focus({ preventScroll: true });
}

/** Keeps Tab inside while the panel covers the page: what is behind it cannot be seen. */
export function keepFocusIn(event: KeyboardEvent, place: HTMLElement, root: ShadowRoot): void {
  const stops = Array.from(place.querySelectorAll<HTMLElement>(FOCUSABLE));
  const [first, last] = [stops[0], stops[stops.length - 1]];
  const leaving = event.shiftKey ? first : last;
  const isOutside = !stops.includes(root.activeElement as HTMLElement);
  if (root.activeElement !== leaving && !(event.shiftKey && isOutside)) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}
