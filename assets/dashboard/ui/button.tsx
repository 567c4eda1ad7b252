import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components/Button";
import { text } from "texts:common";
import { Icon, type IconName } from "./icons";

export type Look = "primary" | "secondary" | "quiet" | "danger";
type Props = Omit<ButtonProps, "className" | "children" | "isPending"> & {
  readonly look?: Look;
  readonly icon?: IconName;
  readonly isBusy?: boolean;
  readonly isSmall?: boolean;
  readonly children: ReactNode;
};

/** While busy it stays focusable and says so; pressing it then does nothing. */
export function Button({ look = "secondary", icon, isBusy = false, isSmall = false, children, ...rest }: Props) {
  return (
    <AriaButton {...rest} isPending={isBusy} className={`button ${look}${isSmall ? " small" : ""}`}>
      {isBusy ? <Spinner /> : icon && <Icon name={icon} />}
      <span className="button-text">{children}</span>
    </AriaButton>
  );
}

/** A button whose name is not written on it. */
export function IconButton({ icon, label, ...rest }: Omit<ButtonProps, "className" | "children" | "aria-label"> & { readonly icon: IconName; readonly label: string }) {
  return (
    <AriaButton {...rest} aria-label={label} className="button quiet icon-only">
      <Icon name={icon} />
    </AriaButton>
  );
}

export function Spinner() {
  return <span className="spinner" role="progressbar" aria-label={text.working} />;
}

/** Looks like a button and goes to a place. */
export function ButtonLink({ href, look = "secondary", icon, children }: { readonly href: string; readonly look?: Look; readonly icon?: IconName; readonly children: ReactNode }) {
  return (
    <a className={`button ${look}`} href={href}>
      {icon && <Icon name={icon} />}
      <span className="button-text">{children}</span>
    </a>
  );
}
