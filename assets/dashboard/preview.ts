// The page inside the studio's preview: the real widget under looks that are not saved yet. It runs in its own frame,
// where the widget's configuration is answered from what the studio sends, and its questions with a sample answer, so
// that trying it writes no conversation.

import { text } from "texts:widget";

type Sent = { readonly kind: "looks"; readonly client: string; readonly config: Readonly<Record<string, unknown>>; readonly isOpen: boolean };
type Assistant = { open(): void; destroy(): void };

const GLOBAL = "PreviewAssistant";
let config: Readonly<Record<string, unknown>> = {};
let isOpen = false;

const network = window.fetch.bind(window);
window.fetch = async (input, init) => {
  const address = new URL(input instanceof Request ? input.url : String(input), location.href);
  if (address.pathname.startsWith("/api/widget/config/")) return Response.json(config);
  if (address.pathname === "/api/chat/history") return Response.json({ items: [], next_cursor: null });
  if (address.pathname.startsWith("/api/chat")) return Response.json(sampleAnswer());
  return network(input, init);
};

/** Opening the chat moves the focus into it; here it would take it from the field that is typed in, outside the frame. */
const focus = HTMLElement.prototype.focus;
HTMLElement.prototype.focus = function (options) {
  if (document.hasFocus()) focus.call(this, options);
};

function sampleAnswer() {
  return {
    response: text.sample_answer,
    citations: [{ number: 1, document_id: null, faq_id: null, title: text.sample_source, page: null, heading: null, quote: text.sample_quote, url: "" }],
    conversation_id: "preview",
    message_id: "preview",
    session: "preview",
    answered_by: "extractive",
    ending: "whole",
    usage: null,
  };
}

function assistant(): Assistant | undefined {
  return (window as unknown as Record<string, Assistant | undefined>)[GLOBAL];
}

function show(client: string): void {
  assistant()?.destroy();
  document.querySelector("script[data-client-id]")?.remove();
  const script = document.createElement("script");
  script.async = true;
  script.dataset["clientId"] = client;
  script.dataset["global"] = GLOBAL;
  script.dataset["consent"] = "wait";
  script.addEventListener("load", () => isOpen && assistant()?.open());
  setSource(script, "/widget.js");
  document.body.append(script);
}

type TrustedTypes = { createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL(url: string): string } };

/** Where the page's policy wants it, an address of a script has to be vouched for: it is this one only. */
function setSource(script: HTMLScriptElement, url: "/widget.js"): void {
  const trusted = (window as unknown as { trustedTypes?: TrustedTypes }).trustedTypes;
  policy ??= trusted?.createPolicy("widget-script", { createScriptURL: (it) => it }) ?? { createScriptURL: (it) => it };
  script.src = policy.createScriptURL(url);
}
let policy: { createScriptURL(url: string): string } | null = null;

addEventListener("message", (event: MessageEvent<Sent>) => {
  if (event.origin !== location.origin || event.source !== parent || event.data.kind !== "looks") return;
  config = event.data.config;
  isOpen = event.data.isOpen;
  show(event.data.client);
});
const note = document.getElementById("note");
if (note) note.textContent = text.preview_note;
parent.postMessage({ kind: "ready" }, location.origin);
