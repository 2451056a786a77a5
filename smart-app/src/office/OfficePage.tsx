/** One purpose at a time: a link that cannot be read, the NPI, then the referral. */
import type { OfficeView } from '@refloop/server/client/office';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { NpiForm } from './NpiForm.tsx';
import styles from './Office.module.css';
import type { OfficeApi } from './office-api.ts';
import { linkOf } from './office-words.ts';
import { ReferralForOffice } from './ReferralForOffice.tsx';

const listen = (changed: () => void) => {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
};

export function OfficePage({ api }: { api: OfficeApi }) {
  const hash = useSyncExternalStore(listen, () => location.hash);
  const [view, setView] = useState<OfficeView>();
  const [ended, setEnded] = useState('');
  // Another link in the same window is another referral.
  useEffect(() => {
    setView(undefined);
    setEnded('');
  }, [hash]);
  const link = linkOf(hash);
  return (
    <main className={styles['page']}>
      <p className={styles['brand']}>Refloop</p>
      {link === undefined ? (
        <>
          <h1>This link is not complete</h1>
          <p>Copy the whole address from the letter or message, or call the practice that sent it. Its number is on the letter.</p>
        </>
      ) : view === undefined ? (
        <NpiForm api={api} link={link} ended={ended} onOpen={setView} />
      ) : (
        <ReferralForOffice
          api={api}
          view={view}
          onChange={setView}
          onEnd={(why) => {
            setEnded(why);
            setView(undefined);
          }}
        />
      )}
    </main>
  );
}
