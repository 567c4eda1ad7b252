// A mail's HTML in a frame without scripts, forms and pictures of elsewhere. The frame inherits the page's policy,
// which refuses inline styles; so they are read from the text and set through the style objects, which it allows.

import { useEffect, useRef } from "react";

type Policy = { createHTML(html: string): string };
type TrustedTypes = { createPolicy(name: string, rules: { createHTML: (html: string) => string }): Policy };

const HELD = "data-held-style";
let policy: Policy | null = null;

/** Only ever parsed into a document that runs nothing. */
function inert(html: string): string {
  const trusted = (window as unknown as { trustedTypes?: TrustedTypes }).trustedTypes;
  policy ??= trusted?.createPolicy("inert-document", { createHTML: (text) => text }) ?? { createHTML: (text) => text };
  return policy.createHTML(html);
}

export function HtmlFrame({ html, title }: { readonly html: string; readonly title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  // Some engines have the empty document at once, others put a new one in place when they have loaded it.
  const show = () => frame.current && draw(frame.current, html);
  useEffect(() => void show());
  return <iframe ref={frame} className="mail-frame" title={title} sandbox="allow-same-origin allow-popups" onLoad={show} />;
}

function draw(frame: HTMLIFrameElement, html: string): void {
  const [target, view] = [frame.contentDocument, frame.contentWindow];
  if (!target || !view || target.documentElement.hasAttribute(HELD)) return;
  const sheets: CSSStyleSheet[] = [];
  const held = html
    .replace(/<style\b[^>]*>([\s\S]*?)<\/style>/gi, (_, rules: string) => {
      const sheet = new (view as Window & typeof globalThis).CSSStyleSheet();
      sheet.replaceSync(rules);
      sheets.push(sheet);
      return "";
    })
    .replace(/\sstyle=/gi, ` ${HELD}=`);
  const source = new DOMParser().parseFromString(inert(held), "text/html");
  for (const element of source.querySelectorAll("script, style, link, meta, base, form, iframe, object, embed")) element.remove();
  const root = target.importNode(source.documentElement, true);
  root.setAttribute(HELD, "");
  target.replaceChild(root, target.documentElement);
  target.adoptedStyleSheets = sheets;
  for (const element of target.querySelectorAll<HTMLElement>(`[${HELD}]`)) element.style.cssText = element.getAttribute(HELD) ?? "";
  for (const link of target.querySelectorAll("a")) link.setAttribute("target", "_blank");
  frame.style.height = `${Math.min(Math.max(root.scrollHeight, 120), 640)}px`;
}
