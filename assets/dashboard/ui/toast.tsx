// Short news of what was done, with the way back where there is one. Failures of forms stay at the form.

import { Button as AriaButton } from "react-aria-components/Button";
import { Text } from "react-aria-components/Text";
import { UNSTABLE_Toast as Toast, UNSTABLE_ToastContent as ToastContent, UNSTABLE_ToastQueue as ToastQueue, UNSTABLE_ToastRegion as ToastRegion } from "react-aria-components/Toast";
import { text } from "texts:common";
import { Icon } from "./icons";

type News = { readonly message: string; readonly tone: "good" | "danger"; readonly undo?: () => void };

const SHOWN_MS = 6_000;
const SHOWN_WITH_WAY_BACK_MS = 10_000;
const queue = new ToastQueue<News>({ maxVisibleToasts: 3 });

export function notify(message: string, undo?: () => void): void {
  queue.add({ message, tone: "good", ...(undo ? { undo } : {}) }, { timeout: undo ? SHOWN_WITH_WAY_BACK_MS : SHOWN_MS });
}

export function notifyFailure(message: string): void {
  queue.add({ message, tone: "danger" }, { timeout: SHOWN_WITH_WAY_BACK_MS });
}

export function Toasts() {
  return (
    <ToastRegion queue={queue} className="toasts" aria-label={text.news}>
      {({ toast }) => (
        <Toast toast={toast} className={`toast ${toast.content.tone}`}>
          <Icon name={toast.content.tone === "good" ? "check" : "alert"} />
          <ToastContent className="toast-content"><Text slot="title">{toast.content.message}</Text></ToastContent>
          {toast.content.undo && (
            <AriaButton
              className="button quiet small"
              onPress={() => {
                toast.content.undo?.();
                queue.close(toast.key);
              }}
            >
              {text.undo}
            </AriaButton>
          )}
          <AriaButton slot="close" className="button quiet icon-only" aria-label={text.dismiss}><Icon name="close" /></AriaButton>
        </Toast>
      )}
    </ToastRegion>
  );
}
