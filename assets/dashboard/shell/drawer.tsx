import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { text as common } from "texts:common";
import { text } from "texts:shell";
import { IconButton } from "../ui/button";

/** The navigation on a narrow screen. Stands while it is rendered. */
export function Drawer({ onClose, children }: { readonly onClose: () => void; readonly children: ReactNode }) {
  return (
    <ModalOverlay className="overlay drawer" isOpen onOpenChange={(isOpen) => !isOpen && onClose()} isDismissable>
      <Modal className="modal drawer">
        <AriaDialog className="side in-drawer" aria-label={text.navigation}>
          <IconButton icon="close" label={common.close} onPress={onClose} />
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
