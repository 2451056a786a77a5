/** A dialog of the browser's own: for what must be said whatever else of the app has been loaded. Open as long as it is on the page. */
import { type ReactNode, useId } from 'react';
import styles from './PlainDialog.module.css';

/** Closing it before it leaves the page gives the focus back to where it was. */
const showNow = (dialog: HTMLDialogElement) => {
  dialog.showModal();
  return () => dialog.close();
};

export function PlainDialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const id = useId();
  return (
    <dialog
      ref={showNow}
      aria-labelledby={id}
      className={styles['dialog']}
      onClose={({ currentTarget: { isConnected, open } }) => {
        // Heard later than it happens: taken off the page or opened again meanwhile, nobody closed it.
        if (isConnected && !open) onClose();
      }}
    >
      <h2 id={id} className={styles['title']}>
        {title}
      </h2>
      {children}
    </dialog>
  );
}
