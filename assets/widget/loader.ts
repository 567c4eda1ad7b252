// First script of the widget, the only one in a page's HTML:
//   <script src="https://HOST/widget.js" data-client-id="client_…" async></script>
//
// Promises: one element with an open shadow root, one global (`data-global`, default `SiteAssistant`), no cookie,
// no layout shift; the panel is fetched when somebody comes near (hover, focus, open) or the page is idle, and its
// hash is checked before it is run. Without a configuration from the server nothing is shown.
// Does not: talk to the assistant; that is the panel's part (`panel.tsx`). Start reading at `start`.

import type { Mode, SiteAssistant } from "./contract";
import { startAssistant, type Settings } from "./instance";

const GLOBAL_NAME = "SiteAssistant";
const MODES: readonly Mode[] = ["bubble", "inline", "page"];

function settingsOf(script: HTMLScriptElement): Settings | null {
  const { clientId, consent, mode, target } = script.dataset;
  if (!clientId || !URL.canParse(script.src)) return null;
  return {
    clientId,
    origin: new URL(script.src).origin,
    storagePolicy: consent === "wait" ? "memory" : "browser",
    mode: MODES.find((known) => known === mode) ?? "bubble",
    target: target || null,
    script,
  };
}

/**
 * The first widget under a name is the global; further ones stand in its `instances`. The same line again (a page
 * that renders twice) changes nothing, and a name that the page uses itself stays the page's.
 */
function start(script: HTMLScriptElement | null): void {
  const settings = script && settingsOf(script);
  if (!settings) return console.warn("The chat is not shown: its script needs `data-client-id`.");
  const [globals, name] = [window as unknown as Record<string, unknown>, script.dataset["global"] || GLOBAL_NAME];
  const taken = globals[name] as Partial<SiteAssistant> | undefined;
  if (name in window && !taken?.instances) {
    return console.warn(`The chat is not shown: \`${name}\` is taken; set \`data-global\`.`);
  }
  const instances = (taken?.instances ?? []) as SiteAssistant[];
  const { clientId, mode, target } = settings;
  if (instances.some((it) => it.clientId === clientId && it.mode === mode && it.target === target)) return;
  // What a page that was copied or kept by its framework has left of a former widget.
  for (const element of document.querySelectorAll("[data-site-assistant]")) if (!element.shadowRoot) element.remove();
  const assistant = startAssistant(settings, instances, () => {
    instances.splice(instances.indexOf(assistant), 1);
    if (globals[name] !== assistant) return;
    if (instances[0]) globals[name] = instances[0];
    else delete globals[name];
  });
  instances.push(assistant);
  globals[name] = instances[0];
}

const current = document.currentScript;
start(current instanceof HTMLScriptElement ? current : document.querySelector<HTMLScriptElement>("script[data-client-id]"));
