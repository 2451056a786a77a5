/** One purpose at a time: a link that cannot be read, the date of birth, then the referral. Where to turn in an emergency stands above each. */
import type { Language } from '@refloop/domain/patient/reading-grade';
import type { PatientAnswer } from '@refloop/server/client/patient';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useAccent } from '../ui/use-accent.ts';
import { linkOf } from '../words/link.ts';
import { BirthDateForm } from './BirthDateForm.tsx';
import { EmergencyForPatient } from './EmergencyForPatient.tsx';
import { OverForPatient } from './OverForPatient.tsx';
import styles from './Patient.module.css';
import type { PatientApi } from './patient-api.ts';
import { browserLanguage, WORDS } from './patient-words.ts';
import { ReferralForPatient } from './ReferralForPatient.tsx';

const listen = (changed: () => void) => {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
};

export function PatientPage({ api }: { api: PatientApi }) {
  const link = linkOf(useSyncExternalStore(listen, () => location.hash));
  const [chosen, setChosen] = useState<Language>();
  const [known, setKnown] = useState<Language>();
  const [shown, setShown] = useState<{ link: string; answer: PatientAnswer }>();
  // What somebody reads in Spanish already stays so, whatever the chart says of the patient's language.
  const language = chosen ?? (known === 'es' ? 'es' : browserLanguage());
  const words = WORDS[language];
  // Whose page it is: told once the link was opened, since a link alone tells nothing.
  const practice = shown?.link === link && shown?.answer.standing !== 'emergency' ? shown?.answer : undefined;
  useAccent(practice?.accent);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = words.title;
  }, [language, words]);
  return (
    <main className={styles['page']}>
      <div className={styles['top']}>
        <p className={practice ? styles['practice'] : styles['brand']}>{practice?.practice ?? 'Refloop'}</p>
        <button
          type="button"
          className={styles['language']}
          lang={language === 'en' ? 'es' : 'en'}
          onClick={() => setChosen(language === 'en' ? 'es' : 'en')}
        >
          {words.otherLanguage}
        </button>
      </div>
      <p className={styles['emergency']}>{words.emergency}</p>
      {link === undefined ? (
        <>
          <h1>{words.incomplete.title}</h1>
          <p>{words.incomplete.text}</p>
        </>
      ) : (
        // Another link in the same window is another referral.
        <Linked
          key={link}
          api={api}
          link={link}
          language={language}
          onOpen={(answer) => {
            setKnown(answer.language);
            setShown({ link, answer });
          }}
        />
      )}
    </main>
  );
}

type LinkedProps = { api: PatientApi; link: string; language: Language; onOpen: (answer: PatientAnswer) => void };

function Linked({ api, link, language, onOpen }: LinkedProps) {
  const [view, setView] = useState<PatientAnswer>();
  const [ended, setEnded] = useState(false);
  const words = WORDS[language];
  const opened = (answer: PatientAnswer) => {
    onOpen(answer);
    setView(answer);
  };
  if (view === undefined) return <BirthDateForm api={api} link={link} words={words} language={language} ended={ended} onOpen={opened} />;
  if (view.standing === 'emergency') return <EmergencyForPatient words={view.words[language]} />;
  if (view.standing === 'over') return <OverForPatient over={view} words={words} />;
  return (
    <ReferralForPatient
      api={api}
      view={view}
      language={language}
      onChange={setView}
      onEnd={() => {
        setEnded(true);
        setView(undefined);
      }}
    />
  );
}
