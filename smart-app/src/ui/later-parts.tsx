/**
 * Parts of a page that come in a file of their own, after what is needed first. Where they do not come it is said in their place, with a way to
 * try again; what was fetched ahead is there at once, whether or not the server still is.
 */
import { Button } from '@mantine/core';
import { type ComponentType, useEffect, useState } from 'react';
import { Late } from './Late.tsx';
import styles from './later-parts.module.css';
import { PlainDialog } from './PlainDialog.tsx';
import { createStore, useStore } from './store.ts';

type Dialog = { opened: boolean; onClose: () => void };

/** @param load brings the file; asked again after it failed */
export function laterParts<Parts>(load: () => Promise<Parts>) {
  const store = createStore<{ parts: Parts | undefined }>({ parts: undefined });
  let coming: Promise<boolean> | undefined;

  /** @returns whether the parts are here; never throws */
  function fetchAhead(): Promise<boolean> {
    coming ??= load().then(
      (parts) => {
        store.set({ parts });
        return true;
      },
      () => {
        coming = undefined;
        return false;
      },
    );
    return coming;
  }

  function useParts(wanted: boolean) {
    const { parts } = useStore(store);
    const [failed, setFailed] = useState(false);
    const ask = () => {
      setFailed(false);
      void fetchAhead().then((came) => setFailed(!came));
    };
    const missing = wanted && parts === undefined;
    useEffect(() => {
      if (missing) void fetchAhead().then((came) => setFailed(!came));
    }, [missing]);
    return { parts, failed, ask };
  }

  /** A part that stands in the page. */
  function part<Props extends object>(pick: (parts: Parts) => ComponentType<Props>): ComponentType<Props> {
    return function LaterPart(props: Props) {
      const { parts, failed, ask } = useParts(true);
      if (parts !== undefined) {
        const Part = pick(parts);
        return <Part {...props} />;
      }
      return failed ? (
        <section className={styles['missing']}>
          <Missing onAgain={ask} />
        </section>
      ) : (
        <Late>
          <output className={styles['missing']}>Loading</output>
        </Late>
      );
    };
  }

  /** A dialog: as long as it is closed nobody waits for it. */
  function dialog<Props extends Dialog>(pick: (parts: Parts) => ComponentType<Props>): ComponentType<Props> {
    return function LaterDialog(props: Props) {
      const { opened, onClose } = props;
      const { parts, failed, ask } = useParts(opened);
      // It stands closed before it opens: only then does it know where the focus came from.
      const [standing, setStanding] = useState(false);
      useEffect(() => setStanding(parts !== undefined), [parts]);
      if (parts !== undefined) {
        const Part = pick(parts);
        return <Part {...props} opened={opened && standing} />;
      }
      if (!opened) return null;
      return failed ? (
        <PlainDialog title="Not loaded" onClose={onClose}>
          <Missing onAgain={ask} onClose={onClose} />
        </PlainDialog>
      ) : (
        <Late>
          <PlainDialog title="Loading" onClose={onClose}>
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
          </PlainDialog>
        </Late>
      );
    };
  }

  return { fetchAhead, part, dialog };
}

function Missing({ onAgain, onClose }: { onAgain: () => void; onClose?: () => void }) {
  return (
    <>
      <p role="alert">
        This part of the page could not be loaded. What you entered is kept. Try again; if it does not come, open Refloop from the chart
        again.
      </p>
      <div className={styles['buttons']}>
        <Button onClick={onAgain}>Try again</Button>
        {onClose ? (
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        ) : null}
      </div>
    </>
  );
}
