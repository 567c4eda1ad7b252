import { useState } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Header } from "react-aria-components/Header";
import { Menu, MenuItem, MenuSection, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { Separator } from "react-aria-components/Separator";
import { text } from "texts:shell";
import { call } from "../api";
import type { Person, Session } from "../contract";
import { useAction } from "../query";
import { setPerson, signOut } from "../session";
import { setTheme, useTheme, type ThemeChoice } from "../theme";
import { Button } from "../ui/button";
import { Dialog, DialogFoot } from "../ui/dialog";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { Icon } from "../ui/icons";
import { notify, notifyFailure } from "../ui/toast";
import { SessionsDialog } from "./sessions-dialog";

const THEMES: readonly ThemeChoice[] = ["system", "light", "dark"];

export function AccountMenu({ session }: { readonly session: Session }) {
  const [shown, setShown] = useState<"nothing" | "sessions" | "name">("nothing");
  const theme = useTheme();
  const { person } = session;
  const act = async (id: string) => {
    if (id === "sessions" || id === "name") setShown(id);
    if (id === "support") location.href = `mailto:${session.product.support_email}`;
    if (id !== "sign_out") return;
    const failure = await signOut();
    if (failure) notifyFailure(failure.message);
  };
  return (
    <div className="account">
      <MenuTrigger>
        <AriaButton className="switcher">
          <span className="avatar" aria-hidden="true">{(person?.name || person?.email || "•").slice(0, 1).toUpperCase()}</span>
          <span className="switcher-name">{person ? person.name || person.email : text.by_key}</span>
          <span className="visually-hidden">{text.account}</span>
          <Icon name="chevron" />
        </AriaButton>
        <Popover className="popover" placement="top start">
          <Menu className="menu" aria-label={text.account} onAction={(id) => void act(String(id))}>
            {person && <MenuItem id="name" className="menu-item"><Icon name="edit" />{text.change_name}</MenuItem>}
            {person && <MenuItem id="sessions" className="menu-item"><Icon name="shield" />{text.sessions}</MenuItem>}
            {session.product.support_email !== "" && <MenuItem id="support" className="menu-item"><Icon name="mail" />{text.support}</MenuItem>}
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
      {shown === "sessions" && <SessionsDialog onClose={() => setShown("nothing")} />}
      {shown === "name" && person && <NameDialog person={person} onClose={() => setShown("nothing")} />}
    </div>
  );
}

function NameDialog({ person, onClose }: { readonly person: Person; readonly onClose: () => void }) {
  const [name, setName] = useState(person.name);
  const { action, run } = useAction();
  const save = async () => {
    const outcome = await run((signal) => call<Person>("patch", "/api/person", { body: { name }, signal }));
    if (outcome.kind !== "ok") return;
    setPerson(outcome.value);
    notify(text.name_saved);
    onClose();
  };
  return (
    <Dialog title={text.change_name} size="narrow" onClose={onClose}>
      <Form action={action} fields={["/name"]} onSubmit={() => void save()}>
        <div className="dialog-body">
          <TextInput name="/name" label={text.your_name} value={name} onChange={setName} isRequired maxLength={100} autoFocus autoComplete="name" />
          <p className="hint">{person.email}</p>
        </div>
        <DialogFoot>
          <Button type="submit" look="primary" isBusy={action.kind === "busy"}>{text.save_name}</Button>
        </DialogFoot>
      </Form>
    </Dialog>
  );
}
