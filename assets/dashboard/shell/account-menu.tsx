import { lazy, Suspense, useState } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Header } from "react-aria-components/Header";
import { Menu, MenuItem, MenuSection, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { Separator } from "react-aria-components/Separator";
import { text } from "texts:shell";
import type { Session } from "../contract";
import { initialOf } from "../format";
import { signOut } from "../session";
import { setTheme, useTheme, type ThemeChoice } from "../theme";
import { Icon } from "../ui/icons";
import { notifyFailure } from "../ui/toast";

const SessionsDialog = lazy(() => import("./sessions-dialog").then((it) => ({ default: it.SessionsDialog })));
const NameDialog = lazy(() => import("./person-dialogs").then((it) => ({ default: it.NameDialog })));
const EmailDialog = lazy(() => import("./person-dialogs").then((it) => ({ default: it.EmailDialog })));

const THEMES: readonly ThemeChoice[] = ["system", "light", "dark"];

export function AccountMenu({ session }: { readonly session: Session }) {
  const [shown, setShown] = useState<"nothing" | "sessions" | "name" | "email">("nothing");
  const theme = useTheme();
  const { person } = session;
  const close = () => setShown("nothing");
  const act = async (id: string) => {
    if (id === "sessions" || id === "name" || id === "email") setShown(id);
    if (id === "support") location.href = `mailto:${session.product.support_email}`;
    if (id !== "sign_out") return;
    const failure = await signOut();
    if (failure) notifyFailure(failure.message);
  };
  return (
    <div className="account">
      <MenuTrigger>
        <AriaButton className="switcher">
          <span className="avatar" aria-hidden="true">{initialOf(person?.name || person?.email || "•").toUpperCase()}</span>
          <span className="switcher-name">{person ? person.name || person.email : text.by_key}</span>
          <span className="visually-hidden">{text.account}</span>
          <Icon name="chevron" />
        </AriaButton>
        <Popover className="popover" placement="top start">
          <Menu className="menu" aria-label={text.account} onAction={(id) => void act(String(id))}>
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
          </Menu>
        </Popover>
      </MenuTrigger>
      <Suspense fallback={null}>
        {shown === "sessions" && <SessionsDialog onClose={close} />}
        {shown === "name" && person && <NameDialog person={person} onClose={close} />}
        {shown === "email" && person && <EmailDialog person={person} onClose={close} />}
      </Suspense>
    </div>
  );
}
