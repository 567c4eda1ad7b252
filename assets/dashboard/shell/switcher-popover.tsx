import type { RefObject } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import { text } from "texts:shell";
import type { Session } from "../contract";
import { ChoiceList } from "./client-choice";

export function SwitcherPopover({ session, client, trigger, id, labelledBy, isOpen, onOpenChange }: {
  readonly session: Session;
  readonly client: string | null;
  readonly trigger: RefObject<HTMLButtonElement | null>;
  readonly id: string | undefined;
  readonly labelledBy: string;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}) {
  return (
    <Popover aria-labelledby={labelledBy} className="popover switcher-popover" trigger="DialogTrigger" triggerRef={trigger} isOpen={isOpen} onOpenChange={onOpenChange} placement="bottom start">
      <AriaDialog {...(id ? { id } : {})} className="switcher-dialog" aria-label={text.choose_client}>
        <ChoiceList session={session} current={client} onChosen={() => onOpenChange(false)} />
      </AriaDialog>
    </Popover>
  );
}
