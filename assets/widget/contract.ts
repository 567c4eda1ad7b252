// What loader and panel say to each other, and what the page's own scripts see. The panel is a module that is
// fetched later than the loader, but always the one that this loader was built with (its hash is baked in).

/** How the widget stands on the page: a button that opens it, a part of the page, or the whole page. */
export type Mode = "bubble" | "inline" | "page";
export type Position = "bottom-right" | "bottom-left" | "top-right" | "top-left" | "center";
export type Theme = "light" | "dark" | "auto" | "custom";

export type Looks = {
  readonly theme: Theme;
  /** Colours are `#rrggbb`. */
  readonly accentColor: string;
  readonly backgroundColor: string;
  readonly textColor: string;
  readonly bubbleColor: string;
  readonly position: Position;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly customCss: string;
  /** Absolute http(s) address, or null. */
  readonly logoUrl: string | null;
};

/** How the server says that this widget looks and greets. */
export type WidgetConfig = {
  readonly clientId: string;
  readonly name: string;
  readonly welcome: string;
  readonly placeholder: string;
  readonly suggestions: readonly string[];
  readonly looks: Looks;
  readonly language: string;
  readonly messageCharsMax: number;
};

export type Citation = {
  /** The answer's text refers to it by this number in brackets, where it refers to it at all. */
  readonly number: number;
  readonly title: string;
  readonly heading: string | null;
  readonly page: number | null;
  readonly quote: string;
  /** Absolute http(s) address of the passage, or null where there is none to open. */
  readonly url: string | null;
};

/** All of an answer, one that the visitor stopped, or one that broke off. */
export type Ending = "whole" | "stopped" | "cut";

export type Answer = {
  readonly messageId: string;
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly answeredBy: string;
  readonly ending: Ending;
};

/** Why something did not work, in kinds that people are told apart. */
export type Failure =
  | { readonly kind: "offline" }
  | { readonly kind: "timeout" }
  | { readonly kind: "rate_limited"; readonly waitSeconds: number | null }
  | { readonly kind: "refused" }
  | { readonly kind: "rejected" }
  | { readonly kind: "unavailable" };

/** What `on(event, listener)` reports, by name of the event. */
export type AssistantEvents = {
  readonly ready: { readonly name: string };
  readonly open: Record<never, never>;
  readonly close: Record<never, never>;
  readonly message: { readonly text: string };
  readonly answer: { readonly text: string; readonly citations: readonly Citation[] };
  readonly failure: { readonly kind: Failure["kind"] };
};
export type EventName = keyof AssistantEvents;
export type Emit = <Name extends EventName>(name: Name, detail: AssistantEvents[Name]) => void;

/** Where the widget may keep things: nowhere but in memory until the visitor has consented. */
export type StoragePolicy = "browser" | "memory";

export type PanelContext = {
  readonly origin: string;
  readonly clientId: string;
  /** The configuration as the server sent it; the panel reads it. */
  readonly config: unknown;
  readonly root: ShadowRoot;
  readonly mode: Mode;
  readonly storagePolicy: StoragePolicy;
  readonly emit: Emit;
  /** Called whenever the panel has opened or closed, whoever caused it. */
  readonly onToggle: (open: boolean) => void;
  /** Called with the number of answers that came while the panel was closed. */
  readonly onUnread: (count: number) => void;
};

/** The opened or openable chat; made once per widget by `mountPanel`. */
export type Panel = {
  /** Opens and moves the focus in; `returnFocusTo` gets it back at closing. */
  open(returnFocusTo: HTMLElement): void;
  close(): void;
  /** Sends `text`; does not open. */
  send(text: string): void;
  setStoragePolicy(policy: StoragePolicy): void;
  destroy(): void;
};

export type PanelModule = { mountPanel(context: PanelContext): Promise<Panel> };

/** The one global on the host page, named by `data-global`; one such object per widget. */
export type SiteAssistant = {
  readonly clientId: string;
  readonly mode: Mode;
  /** The value of `data-target`, or null. */
  readonly target: string | null;
  /** All widgets that share this global, oldest first; the global itself is the first. */
  readonly instances: readonly SiteAssistant[];
  open(): void;
  close(): void;
  /** Opens the chat and sends `text` as the visitor's message; waits in the field while another is answered. */
  send(text: string): void;
  /** Calls `listener` on each `event`; returns a function that stops it. */
  on<Name extends EventName>(event: Name, listener: (detail: AssistantEvents[Name]) => void): () => void;
  /** Says whether the visitor allows the browser's storage; withdrawn consent also deletes what was kept. */
  consent(given?: boolean): void;
  /** Removes the widget and its global from the page; what was stored for the conversation stays. */
  destroy(): void;
};
