// What a menu button opens.

import { useRef, type ReactNode } from "react";
import { Menu, MenuItem } from "react-aria-components/Menu";
import { Popover, type PopoverProps } from "react-aria-components/Popover";
import { Icon } from "./icons";
import type { MenuAction } from "./menu";
import type { OfButton } from "./menu-button";

export function MenuPopover({ button, placement, label, onAction, children }: {
  readonly button: OfButton;
  readonly placement: NonNullable<PopoverProps["placement"]>;
  readonly label?: string;
  readonly onAction: (id: string) => void;
  readonly children: ReactNode;
}) {
  const { trigger, labelledBy, isOpen, onOpenChange, menu } = button;
  const scroll = useRef<HTMLDivElement>(null);
  return (
    <Popover className="popover" trigger="MenuTrigger" triggerRef={trigger} scrollRef={scroll} isOpen={isOpen} onOpenChange={onOpenChange}
      placement={placement} aria-labelledby={labelledBy}>
      <Menu {...menu} ref={scroll} className="menu" aria-labelledby={labelledBy} {...(label ? { "aria-label": label } : {})} onAction={(id) => onAction(String(id))}>
        {children}
      </Menu>
    </Popover>
  );
}

export function ActionList({ button, actions }: { readonly button: OfButton; readonly actions: readonly MenuAction[] }) {
  return (
    <MenuPopover button={button} placement="bottom end" onAction={(id) => actions.find((action) => action.id === id)?.act()}>
      {actions.map((action) => (
        <MenuItem key={action.id} id={action.id} className={action.isDanger ? "menu-item danger" : "menu-item"} textValue={action.label}>
          {action.icon && <Icon name={action.icon} />}
          {action.label}
        </MenuItem>
      ))}
    </MenuPopover>
  );
}
