// The few touches of the DOM that loader and panel share. Nothing here writes HTML from text: no Trusted Types
// sink is touched, so a page that requires Trusted Types needs no policy for us.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** Adds constructed style sheets to a shadow root; a page's `style-src` does not apply to them. Returns a function
 *  that takes them away. */
export function adoptStyles(root: ShadowRoot, ...texts: readonly string[]): () => void {
  const sheets = texts.map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheets];
  return () => (root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => !sheets.includes(sheet)));
}

/** Lets the page do what waits meanwhile: long work is done in several tasks. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
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
  chat: "M12 4c4.7 0 8.5 3.2 8.5 7.2s-3.8 7.3-8.5 7.3c-1 0-2-.1-2.9-.4L4.5 20l1.2-3.5C4.3 15.1 3.5 13.3 3.5 11.2 3.5 7.2 7.3 4 12 4z",
  close: "M6 6l12 12M18 6L6 18",
} as const;
