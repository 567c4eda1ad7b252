// The round button that opens and closes the chat, its badge, and the short notice beside it. Plain DOM: it is part
// of the first script, which stays small.

import { launcher as strings } from "../locales/en.json";
import { fill } from "../shared/strings";
import { ICONS, icon } from "./dom";

/** How long the notice of a failed load stays. */
const NOTICE_MS = 8_000;
/** The badge counts up to here. */
const UNREAD_SHOWN_MAX = 9;

export type Launcher = {
  readonly button: HTMLButtonElement;
  setOpen(open: boolean): void;
  setUnread(count: number): void;
  notify(text: string): void;
};

export function createLauncher(root: ShadowRoot, name: string): Launcher {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "launcher";
  button.setAttribute("aria-controls", "panel");
  const badge = document.createElement("span");
  badge.className = "badge";
  badge.ariaHidden = "true";
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "status");
  let [isOpen, unread] = [false, 0];

  function draw(): void {
    const label = fill(unread > 0 ? strings.open_unread : strings.open, { name, count: unread });
    button.setAttribute("aria-expanded", String(isOpen));
    button.setAttribute("aria-label", isOpen ? strings.close : label);
    badge.textContent = unread > UNREAD_SHOWN_MAX ? `${UNREAD_SHOWN_MAX}+` : unread > 0 ? `${unread}` : "";
    button.replaceChildren(icon(isOpen ? ICONS.close : ICONS.chat), badge);
  }

  draw();
  root.append(notice, button);
  return {
    button,
    setOpen(open) {
      isOpen = open;
      draw();
    },
    setUnread(count) {
      unread = count;
      draw();
    },
    notify(text) {
      notice.textContent = text;
      setTimeout(() => notice.replaceChildren(), NOTICE_MS);
    },
  };
}
