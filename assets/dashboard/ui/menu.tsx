import { Icon, type IconName } from "./icons";
import { later } from "./later";
import { MenuButton } from "./menu-button";

export type MenuAction = {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly isDanger?: boolean;
  readonly act: () => void;
};

const ActionList = later(() => import("./menu-list").then((it) => it.ActionList));

/** What can be done with one row. Nothing is shown where nothing can be done. */
export function ActionMenu({ label, actions }: { readonly label: string; readonly actions: readonly (MenuAction | null | false)[] }) {
  const shown = actions.filter((action) => action !== null && action !== false);
  if (shown.length === 0) return null;
  return (
    <MenuButton className="button quiet icon-only" label={label} fetched={ActionList} menu={(button) => <ActionList button={button} actions={shown} />}>
      <Icon name="dots" />
    </MenuButton>
  );
}
