import { useState } from "react";
import { text } from "texts:shell";
import type { Session } from "../contract";
import { initialOf } from "../format";
import { signOut } from "../session";
import { Icon } from "../ui/icons";
import { later } from "../ui/later";
import { MenuButton } from "../ui/menu-button";
import { PageFailure } from "../ui/page-failure";
import { notifyFailure } from "../ui/toast";

const AccountList = later(() => import("./account-list").then((it) => it.AccountList));
const SessionsDialog = later(() => import("./sessions-dialog").then((it) => it.SessionsDialog));
const NameDialog = later(() => import("./person-dialogs").then((it) => it.NameDialog));
const EmailDialog = later(() => import("./person-dialogs").then((it) => it.EmailDialog));

export function AccountMenu({ session }: { readonly session: Session }) {
  const [shown, setShown] = useState<"nothing" | "sessions" | "name" | "email">("nothing");
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
      <MenuButton className="switcher" fetched={AccountList} menu={(button) => <AccountList button={button} session={session} onAction={(id) => void act(id)} />}>
        <span className="avatar" aria-hidden="true">{initialOf(person?.name || person?.email || "•").toUpperCase()}</span>
        <span className="switcher-name">{person ? person.name || person.email : text.by_key}</span>
        <span className="visually-hidden">{text.account}</span>
        <Icon name="chevron" />
      </MenuButton>
      <PageFailure isPart>
        {shown === "sessions" && <SessionsDialog onClose={close} />}
        {shown === "name" && person && <NameDialog person={person} onClose={close} />}
        {shown === "email" && person && <EmailDialog person={person} onClose={close} />}
      </PageFailure>
    </div>
  );
}
