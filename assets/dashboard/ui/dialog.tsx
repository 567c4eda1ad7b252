import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { text } from "texts:common";
import type { Outcome } from "../api";
import { useAction } from "../query";
import { Button, IconButton } from "./button";
import { FailureBanner } from "./failure-banner";
import { notify } from "./toast";

type DialogProps = {
  readonly title: string;
  readonly size?: "narrow" | "usual" | "wide" | "sheet";
  readonly onClose: () => void;
  readonly isAlert?: boolean;
  /** A click outside and Escape close it; a dialog with typed text asks for its own buttons. */
  readonly isDismissable?: boolean;
  readonly children: ReactNode;
};

/** Stands while it is rendered. */
export function Dialog({ title, size = "usual", onClose, isAlert = false, isDismissable = true, children }: DialogProps) {
  return (
    <ModalOverlay className={`overlay ${size}`} isOpen onOpenChange={(isOpen) => !isOpen && onClose()} isDismissable={isDismissable && !isAlert}>
      <Modal className={`modal ${size}`}>
        <AriaDialog className="dialog" role={isAlert ? "alertdialog" : "dialog"}>
          <header className="dialog-head">
            <Heading slot="title" level={2}>{title}</Heading>
            <IconButton icon="close" label={text.close} onPress={onClose} />
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export function DialogFoot({ children }: { readonly children: ReactNode }) {
  return <footer className="dialog-foot">{children}</footer>;
}

type ConfirmProps<Value> = {
  readonly title: string;
  /** Names what is lost. */
  readonly children: ReactNode;
  readonly confirm: string;
  readonly tone?: "danger" | "primary";
  readonly work: (signal: AbortSignal) => Promise<Outcome<Value>>;
  readonly done?: string;
  readonly onDone: (value: Value) => void;
  readonly onClose: () => void;
};

/** Asks before an act, runs it, and stays with the reason where it fails. */
export function ConfirmDialog<Value>({ title, children, confirm, tone = "danger", work, done, onDone, onClose }: ConfirmProps<Value>) {
  const { action, run } = useAction();
  const act = async () => {
    const outcome = await run(work);
    if (outcome.kind !== "ok") return;
    if (done) notify(done);
    onClose();
    onDone(outcome.value);
  };
  return (
    <Dialog title={title} size="narrow" onClose={onClose} isAlert>
      <div className="dialog-body prose">
        {action.kind === "failed" && <FailureBanner failure={action.failure} />}
        {children}
      </div>
      <DialogFoot>
        <Button onPress={onClose} autoFocus>{text.cancel}</Button>
        <Button look={tone} isBusy={action.kind === "busy"} onPress={() => void act()}>{confirm}</Button>
      </DialogFoot>
    </Dialog>
  );
}
