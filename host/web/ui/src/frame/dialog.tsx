// A dialog: it takes the focus, and gives it back when it is gone.

import { Modal, type ModalProps } from "@mantine/core";
import { useEffect, useState } from "react";

/** Stands on the page exactly while it is rendered. */
export function Dialog({ close, ...rest }: Omit<ModalProps, "opened" | "onClose"> & { close: () => void }) {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement) {
        before.focus();
      }
    },
    [before],
  );
  return <Modal opened centered closeButtonProps={{ "aria-label": "Close the dialog" }} transitionProps={{ duration: 0 }} {...rest} onClose={close} />;
}
