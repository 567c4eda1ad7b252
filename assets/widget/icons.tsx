// The panel's line drawings on a 24 × 24 grid. Decorative: the buttons that carry them have names.

const PATHS = {
  close: "M6 6l12 12M18 6L6 18",
  send: "M5 12h13M12.5 6l6 6-6 6",
  stop: "M7 7h10v10H7z",
  copy: "M9 9h10v10H9zM15 9V5H5v10h4",
  done: "M5 12.5l4.5 4.5L19 7.5",
} as const;

export function Icon({ name }: { readonly name: keyof typeof PATHS }) {
  return <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true"><path d={PATHS[name]} /></svg>;
}
