// A button with a menu. The menu's script comes when somebody comes near. What React Aria's `MenuTrigger` and its
// `useMenuTrigger` do for the button stands here: either would bring the menu, its list and its popover to every page.

import { useId, useRef, useState, type ReactNode, type RefObject } from "react";
import { Button as AriaButton, ButtonContext } from "react-aria-components/Button";
import type { MenuProps } from "react-aria-components/Menu";
import { mergeProps } from "react-aria/mergeProps";
import type { AriaButtonProps } from "react-aria/useButton";
import { useOverlayTrigger } from "react-aria/useOverlayTrigger";
import { useMenuTriggerState, type MenuTriggerState } from "react-stately/useMenuTriggerState";
import { fetchedBy } from "./later";
import { PageFailure } from "./page-failure";

/** What a menu knows of its button. */
export type OfButton = {
  readonly trigger: RefObject<HTMLButtonElement | null>;
  readonly labelledBy: string;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly menu: Pick<MenuProps<object>, "id" | "autoFocus" | "onClose">;
};

export function MenuButton({ className, label, children, fetched, menu }: {
  readonly className: string;
  /** Where it is not written on the button. */
  readonly label?: string;
  readonly children: ReactNode;
  readonly fetched: { readonly fetch: () => void };
  readonly menu: (button: OfButton) => ReactNode;
}) {
  const trigger = useRef<HTMLButtonElement>(null);
  const labelledBy = useId();
  const state = useMenuTriggerState({});
  const { triggerProps: { onPress: _, ...triggerProps }, overlayProps } = useOverlayTrigger({ type: "menu" }, state, trigger);
  const wasOpened = useWas(state.isOpen);
  const opened: OfButton = {
    trigger,
    labelledBy,
    isOpen: state.isOpen,
    onOpenChange: state.setOpen,
    menu: { ...overlayProps, autoFocus: state.focusStrategy ?? true, onClose: state.close },
  };
  return (
    <>
      <ButtonContext.Provider value={{ isPressed: state.isOpen }}>
        <AriaButton {...mergeProps(triggerProps, openedBy(state), fetchedBy(fetched))} id={labelledBy} ref={trigger} className={className} {...(label ? { "aria-label": label } : {})}>
          {children}
        </AriaButton>
      </ButtonContext.Provider>
      {wasOpened && <PageFailure isPart>{menu(opened)}</PageFailure>}
    </>
  );
}

/** As the system's menus: a mouse opens when it goes down, a finger when it comes up, a key at one end of the list. */
function openedBy(state: MenuTriggerState): AriaButtonProps {
  return {
    // The button has the focus before the menu takes it, so that closing gives it back; the browser's own way comes too late.
    preventFocusOnPress: true,
    onPressStart: ({ pointerType, target }) => {
      if (pointerType === "touch" || pointerType === "keyboard") return;
      focusQuietly(target);
      state.open(pointerType === "virtual" ? "first" : null);
    },
    onPress: ({ pointerType, target }) => {
      if (pointerType !== "touch") return;
      focusQuietly(target);
      state.toggle();
    },
    onKeyDown: (event) => {
      if (!["Enter", " ", "ArrowDown", "ArrowUp"].includes(event.key)) return event.continuePropagation();
      event.preventDefault();
      state.toggle(event.key === "ArrowUp" ? "last" : "first");
    },
  };
}

function focusQuietly(target: Element): void {
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}

/** Stays true: what closes is still drawn until its movement ends. */
export function useWas(is: boolean): boolean {
  const [was, setWas] = useState(is);
  if (is && !was) setWas(true);
  return is || was;
}
