// The round button that opens and closes the chat, and the short notice beside it. Plain DOM: it is part of the
// first script, which stays small.

import { launcher as strings } from "../locales/en.json";
import { ICONS, icon } from "./dom";
import { fill } from "../shared/strings";

/** How long the notice of a failed load stays. */
const NOTICE_MS = 8_000;

export type Launcher = {
  readonly button: HTMLButtonElement;
  setOpen(open: boolean): void;
  notify(text: string): void;
};

export function createLauncher(root: ShadowRoot, name: string): Launcher {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "launcher";
  button.setAttribute("aria-controls", "panel");
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "status");
  const launcher: Launcher = {
    button,
    setOpen(open) {
      button.setAttribute("aria-expanded", String(open));
      button.setAttribute("aria-label", open ? strings.close : fill(strings.open, { name }));
      button.replaceChildren(icon(open ? ICONS.close : ICONS.chat));
    },
    notify(text) {
      notice.textContent = text;
      setTimeout(() => notice.replaceChildren(), NOTICE_MS);
    },
  };
  launcher.setOpen(false);
  root.append(notice, button);
  return launcher;
}
