// One widget on a page: its element, its button, its panel when it is needed.

import { launcher as strings } from "../locales/en.json";
import type { Panel, SiteAssistant, StoragePolicy } from "./contract";
import { adoptStyles, nextTask } from "./dom";
import { createEmitter } from "./emitter";
import { loadConfig } from "./first-config";
import { firstRules, positionOf } from "./first-look";
import { createLauncher, type Launcher } from "./launcher";
import { css } from "./launcher.css";
import { importPanel } from "./panel-file";
import { keepOnPage, type Place } from "./place";
import { fieldsOf, textOf } from "./values";

const HOST_ATTRIBUTE = "data-site-assistant";
const CONSENT_EVENT = "site-assistant:consent";
/** The panel is fetched at the latest this long after the page has loaded, even if it is never idle. */
const IDLE_WAIT_MS = 4_000;
const RIGHT_TO_LEFT = /^(ar|fa|he|ur)\b/;

export type Settings = Place & {
  readonly clientId: string;
  readonly origin: string;
  readonly storagePolicy: StoragePolicy;
};

type Shown = { readonly config: unknown; readonly launcher: Launcher | null };

export function startAssistant(settings: Settings, instances: readonly SiteAssistant[], ended: () => void): SiteAssistant {
  const { clientId, origin, mode, target } = settings;
  const { emit, on } = createEmitter();
  const stop = new AbortController();
  const { signal } = stop;
  const host = document.createElement("div");
  host.setAttribute(HOST_ATTRIBUTE, clientId);
  host.className = mode;
  const root = host.attachShadow({ mode: "open" });

  let mounting: Promise<Panel> | null = null;
  let isOpen = false;
  const shown = show();

  async function show(): Promise<Shown | null> {
    const loaded = await loadConfig(origin, clientId);
    if (signal.aborted) return null;
    if (loaded.kind === "failed") {
      console.warn(`The chat for ${clientId} is not shown: ${loaded.code}.`);
      emit("failure", { kind: loaded.failure });
      return null;
    }
    const { config } = loaded;
    const [name, language] = [textOf(fieldsOf(config)["name"]), textOf(fieldsOf(config)["language"])];
    host.lang = language;
    if (RIGHT_TO_LEFT.test(language)) host.dir = "rtl";
    adoptStyles(root, css, firstRules(config, slotOf(positionOf(config))));
    const launcher = mode === "bubble" ? createLauncher(root, name) : null;
    if (launcher) {
      launcher.button.addEventListener("click", () => void toggle());
      for (const near of ["pointerenter", "focus"]) launcher.button.addEventListener(near, prepare, { once: true });
    }
    await bodyReady();
    if (signal.aborted) return null;
    signal.addEventListener("abort", keepOnPage(host, settings, () => assistant.destroy()));
    if (launcher) whenIdle(prepare);
    else prepare();
    emit("ready", { name });
    return { config, launcher };
  }

  /** How many buttons stand in the same corner before this one. */
  function slotOf(position: string): number {
    host.dataset["position"] = position;
    const before = document.querySelectorAll(`.bubble[${HOST_ATTRIBUTE}][data-position="${position}"]`);
    return mode === "bubble" ? before.length : 0;
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
    const { config, launcher } = ready;
    const module = await importPanel(origin, root, settings.script.nonce);
    await nextTask();
    signal.throwIfAborted();
    return module.mountPanel({
      origin,
      clientId,
      config,
      root,
      mode,
      storagePolicy: settings.storagePolicy,
      emit,
      onToggle(open) {
        isOpen = open;
        launcher?.setOpen(open);
      },
      onUnread: (count) => launcher?.setUnread(count),
    });
  }

  /** Runs `act` on the panel; where it cannot be had, says so beside the launcher. */
  async function withPanel(act: (panel: Panel) => void): Promise<void> {
    const ready = await shown;
    if (!ready) return;
    try {
      act(await mount());
    } catch {
      if (!signal.aborted) ready.launcher?.notify(strings.load_failed);
    }
  }

  async function toggle(): Promise<void> {
    const button = (await shown)?.launcher?.button;
    await withPanel((panel) => (isOpen ? panel.close() : panel.open(button ?? host)));
  }

  async function open(panel: Panel): Promise<void> {
    panel.open(focusedElement() ?? (await shown)?.launcher?.button ?? host);
  }

  /** The panel knows what was kept, so it is fetched for that: withdrawn consent deletes at once. */
  function setConsent(given: boolean): void {
    mount().then((panel) => panel.setStoragePolicy(given ? "browser" : "memory")).catch(() => undefined);
  }

  addEventListener(CONSENT_EVENT, (event) => setConsent((event as CustomEvent<unknown>).detail !== false), { signal });

  const assistant: SiteAssistant = {
    clientId,
    mode,
    target,
    instances,
    open: () => void withPanel(open),
    close: () => void mounting?.then((panel) => panel.close()).catch(() => undefined),
    send: (text) => void withPanel((panel) => void open(panel).then(() => panel.send(text))),
    on,
    consent: (given = true) => setConsent(given),
    destroy() {
      if (signal.aborted) return;
      stop.abort();
      mounting?.then((panel) => panel.destroy()).catch(() => undefined);
      host.remove();
      ended();
    },
  };
  return assistant;
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
