import { Header } from "react-aria-components/Header";
import { MenuItem, MenuSection } from "react-aria-components/Menu";
import { Separator } from "react-aria-components/Separator";
import { text } from "texts:shell";
import type { Session } from "../contract";
import { setTheme, useTheme, type ThemeChoice } from "../theme";
import { Icon } from "../ui/icons";
import type { OfButton } from "../ui/menu-button";
import { MenuPopover } from "../ui/menu-list";

const THEMES: readonly ThemeChoice[] = ["system", "light", "dark"];

export function AccountList({ button, session, onAction }: { readonly button: OfButton; readonly session: Session; readonly onAction: (id: string) => void }) {
  const theme = useTheme();
  const { person } = session;
  return (
    <MenuPopover button={button} placement="top start" label={text.account} onAction={onAction}>
      {person && <MenuItem id="name" className="menu-item"><Icon name="edit" />{text.change_name}</MenuItem>}
      {person && <MenuItem id="email" className="menu-item"><Icon name="mail" />{text.change_email}</MenuItem>}
      {person && <MenuItem id="sessions" className="menu-item"><Icon name="shield" />{text.sessions}</MenuItem>}
      {session.product.support_email !== "" && <MenuItem id="support" className="menu-item"><Icon name="info" />{text.support}</MenuItem>}
      <Separator className="menu-line" />
      <MenuSection className="menu-section" selectionMode="single" disallowEmptySelection selectedKeys={[theme]}
        onSelectionChange={(keys) => keys !== "all" && setTheme(THEMES.find((it) => keys.has(it)) ?? "system")}>
        <Header className="menu-title">{text.theme}</Header>
        {THEMES.map((choice) => (
          <MenuItem key={choice} id={choice} className="menu-item" textValue={text.themes[choice]}>
            {({ isSelected }) => <><span className="menu-check">{isSelected && <Icon name="check" />}</span>{text.themes[choice]}</>}
          </MenuItem>
        ))}
      </MenuSection>
      <Separator className="menu-line" />
      <MenuItem id="sign_out" className="menu-item"><Icon name="external" />{text.sign_out}</MenuItem>
    </MenuPopover>
  );
}
