// The few touches of the DOM that loader and panel share. Nothing here writes HTML from text: no Trusted Types
// sink is touched, so a page that requires Trusted Types needs no policy for us.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** Adds constructed style sheets to a shadow root; a page's `style-src` does not apply to them. */
export function adoptStyles(root: ShadowRoot, ...texts: readonly string[]): void {
  const sheets = texts.map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheets];
}

/** A decorative line drawing on a 24 × 24 grid. */
export function icon(path: string): SVGSVGElement {
  const drawing = document.createElementNS(SVG_NAMESPACE, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", "icon");
  const line = document.createElementNS(SVG_NAMESPACE, "path");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

export const ICONS = {
  chat: "M4 5h16v11H9l-5 4z",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12l16-8-6 16-3-6z",
} as const;
