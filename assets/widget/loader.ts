// First script of the widget, the only one in a page's HTML:
//   <script src="https://HOST/widget.js" data-client-id="client_…" async></script>
//
// Promises: one element with an open shadow root, one global (`data-global`, default `SiteAssistant`), no cookie,
// no layout shift; the panel is fetched when somebody comes near (hover, focus, open) or the page is idle, and its
// hash is checked before it is imported. Without a configuration from the server nothing is shown.
// Does not: talk to the assistant; that is the panel's part (`panel.tsx`).

import { launcher as strings } from "../locales/en.json";
import { getConfig } from "./api";
import { accentRules } from "./colour";
import type { Panel, PanelModule, SiteAssistant, StoragePolicy, WidgetConfig } from "./contract";
import { adoptStyles } from "./dom";
import { createEmitter } from "./emitter";
import { createLauncher, type Launcher } from "./launcher";
import { css } from "./launcher.css";

const GLOBAL_NAME = "SiteAssistant";
const HOST_ATTRIBUTE = "data-site-assistant";
/** The panel is fetched at the latest this long after the page has loaded, even if it is never idle. */
const IDLE_WAIT_MS = 4_000;

type Settings = {
  readonly clientId: string;
  readonly origin: string;
  readonly globalName: string;
  readonly storagePolicy: StoragePolicy;
};

function settingsOf(script: HTMLScriptElement): Settings | null {
  const { clientId, global, consent } = script.dataset;
  if (!clientId || !URL.canParse(script.src)) return null;
  return {
    clientId,
    origin: new URL(script.src).origin,
    globalName: global || GLOBAL_NAME,
    storagePolicy: consent === "wait" ? "memory" : "browser",
  };
}

function startAssistant(settings: Settings): SiteAssistant {
  const { emit, on } = createEmitter();
  const stop = new AbortController();
  const host = document.createElement("div");
  host.setAttribute(HOST_ATTRIBUTE, settings.clientId);
  const root = host.attachShadow({ mode: "open" });
  adoptStyles(root, css);

  const shown = show();
  let mounting: Promise<Panel> | null = null;

  async function show(): Promise<{ config: WidgetConfig; launcher: Launcher } | null> {
    const outcome = await getConfig(settings.origin, settings.clientId, stop.signal);
    if (outcome.kind === "failed") {
      console.warn(`The chat for ${settings.clientId} is not shown: ${outcome.code || outcome.failure.kind}.`);
      emit("failure", { kind: outcome.failure.kind });
    }
    if (outcome.kind !== "ok" || stop.signal.aborted) return null;
    const config = outcome.value;
    adoptStyles(root, accentRules(config.accentColor));
    host.lang = config.language;
    const launcher = createLauncher(root, config.name);
    launcher.button.addEventListener("click", () => void toggle());
    for (const near of ["pointerenter", "focus"]) launcher.button.addEventListener(near, prepare, { once: true });
    await bodyReady();
    if (stop.signal.aborted) return null;
    document.body.append(host);
    whenIdle(prepare);
    emit("ready", { name: config.name });
    return { config, launcher };
  }

  /** Fetches the panel ahead of its use; a failure is told only when somebody really opens it. */
  function prepare(): void {
    mount().catch(() => undefined);
  }

  function mount(): Promise<Panel> {
    mounting ??= mountPanel().catch((error: unknown) => {
      // A later try may succeed: a failed load is not remembered.
      mounting = null;
      throw error;
    });
    return mounting;
  }

  async function mountPanel(): Promise<Panel> {
    const ready = await shown;
    if (!ready) throw new Error("no configuration");
    const module = await importPanel(settings.origin, stop.signal);
    stop.signal.throwIfAborted();
    return module.mountPanel({
      origin: settings.origin,
      config: ready.config,
      root,
      storagePolicy: settings.storagePolicy,
      emit,
      onToggle: (open) => ready.launcher.setOpen(open),
    });
  }

  /** Runs `act` on the panel; where it cannot be had, says so beside the launcher. */
  async function withPanel(act: (panel: Panel, launcher: Launcher) => void): Promise<void> {
    const ready = await shown;
    if (!ready) return;
    try {
      act(await mount(), ready.launcher);
    } catch {
      if (!stop.signal.aborted) ready.launcher.notify(strings.load_failed);
    }
  }

  function toggle(): Promise<void> {
    return withPanel((panel, { button }) => {
      if (button.getAttribute("aria-expanded") === "true") panel.close();
      else panel.open(button);
    });
  }

  const assistant: SiteAssistant = {
    open: () => void withPanel((panel, { button }) => panel.open(focusedElement() ?? button)),
    close: () => void mounting?.then((panel) => panel.close()).catch(() => undefined),
    send: (text) =>
      void withPanel((panel, { button }) => {
        panel.open(focusedElement() ?? button);
        panel.send(text);
      }),
    on,
    destroy() {
      stop.abort();
      mounting?.then((panel) => panel.destroy()).catch(() => undefined);
      host.remove();
      if (globals()[settings.globalName] === assistant) delete globals()[settings.globalName];
    },
  };
  return assistant;
}

/**
 * Checks the panel's hash by fetching it with `integrity`, then imports it, which the browser answers from its
 * cache: `import()` itself takes no hash, and an import map of the page is not ours to write.
 */
async function importPanel(origin: string, signal: AbortSignal): Promise<PanelModule> {
  const url = `${origin}/${PANEL_FILE}`;
  const response = await fetch(url, { integrity: PANEL_INTEGRITY, mode: "cors", credentials: "omit", signal });
  if (!response.ok) throw new Error(`panel: ${response.status}`);
  return (await import(url)) as PanelModule;
}

function bodyReady(): Promise<void> {
  return new Promise((resolve) => {
    if (document.body) resolve();
    else document.addEventListener("DOMContentLoaded", () => resolve(), { once: true });
  });
}

function whenIdle(act: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(act, { timeout: IDLE_WAIT_MS });
  else setTimeout(act, IDLE_WAIT_MS);
}

function focusedElement(): HTMLElement | null {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && focused !== document.body ? focused : null;
}

function globals(): Record<string, unknown> {
  return window as unknown as Record<string, unknown>;
}

/** A second copy of the same line (a page that renders twice) changes nothing; a taken global stays the page's. */
function start(script: HTMLScriptElement | null): void {
  const settings = script && settingsOf(script);
  if (!settings) return console.warn("The chat is not shown: its script needs `data-client-id`.");
  if (settings.globalName in window) return console.warn(`The chat is not shown: \`${settings.globalName}\` is taken; set \`data-global\`.`);
  globals()[settings.globalName] = startAssistant(settings);
}

const current = document.currentScript;
start(current instanceof HTMLScriptElement ? current : document.querySelector<HTMLScriptElement>("script[data-client-id]"));
