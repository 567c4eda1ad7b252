import { Button as AriaButton } from "react-aria-components/Button";
import { Menu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { Icon, type IconName } from "./icons";

export type MenuAction = {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly isDanger?: boolean;
  readonly act: () => void;
};

/** What can be done with one row. Nothing is shown where nothing can be done. */
export function ActionMenu({ label, actions }: { readonly label: string; readonly actions: readonly (MenuAction | null | false)[] }) {
  const shown = actions.filter((action) => action !== null && action !== false);
  if (shown.length === 0) return null;
  return (
    <MenuTrigger>
      <AriaButton className="button quiet icon-only" aria-label={label}><Icon name="dots" /></AriaButton>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" onAction={(id) => shown.find((action) => action.id === id)?.act()}>
          {shown.map((action) => (
            <MenuItem key={action.id} id={action.id} className={action.isDanger ? "menu-item danger" : "menu-item"} textValue={action.label}>
              {action.icon && <Icon name={action.icon} />}
              {action.label}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
