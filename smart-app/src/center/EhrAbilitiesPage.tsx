/** What this EHR lets us do: its own statement and the scopes of this session, told as consequences, to print or copy. */
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { capabilities } from '../session/capabilities.ts';
import type { Resource } from '../session/ehr.ts';
import { todayHere } from '../session/open-app.ts';
import { Chip } from '../ui/Chip.tsx';
import { copyText } from '../ui/copy-text.ts';
import { Late } from '../ui/Late.tsx';
import styles from './CenterPage.module.css';
import type { CenterProps } from './CenterPage.tsx';
import { abilitiesReport, reportText, SAID_WORDS, type Said } from './ehr-abilities.ts';

const TONES = { yes: 'good', no: 'warn', unsaid: 'unknown' } as const satisfies Record<Said, string>;

const SaidChip = ({ said }: { said: Said }) => <Chip tone={TONES[said]}>{SAID_WORDS[said]}</Chip>;

export function EhrAbilitiesPage({ ehr, scopes, iss }: CenterProps) {
  const [asked, setAsked] = useState(0);
  const [answer, setAnswer] = useState<{ asked: number; statement: Resource | undefined }>();
  const [notice, setNotice] = useState('');
  useEffect(() => {
    let newest = true;
    void capabilities(ehr).then((statement) => {
      if (newest) setAnswer({ asked, statement });
    });
    return () => {
      newest = false;
    };
  }, [ehr, asked]);
  if (answer?.asked !== asked) {
    return (
      <main className={styles['page']}>
        <h1>What this EHR lets us do</h1>
        <Late>
          <output>Asking the EHR</output>
        </Late>
      </main>
    );
  }
  const report = abilitiesReport(iss, scopes, answer.statement);
  const copy = () => {
    void copyText(reportText(report, todayHere())).then((copied) =>
      setNotice(copied ? 'The report was copied.' : 'The browser did not allow copying. Print the page instead.'),
    );
  };
  return (
    <main className={styles['page']}>
      <div className={styles['head']}>
        <h1>What this EHR lets us do</h1>
        <output className="caption">{notice}</output>
        <div className={`${styles['actions']} ${styles['unprinted']}`}>
          <Button variant="default" onClick={copy}>
            Copy the report
          </Button>
          <Button variant="default" onClick={() => window.print()}>
            Print
          </Button>
        </div>
      </div>
      <p className="caption num">
        {iss} · software {report.software} · FHIR {report.fhirVersion} · {todayHere()}
      </p>
      {answer.statement === undefined ? (
        <div role="alert" className={styles['failed']}>
          <p>The EHR did not say what it can do: its CapabilityStatement could not be read.</p>
          <Button variant="default" className={styles['unprinted'] ?? ''} onClick={() => setAsked((count) => count + 1)}>
            Ask again
          </Button>
        </div>
      ) : null}
      <ul>
        {report.rungs.map(({ launch, rung, effect, why }) => (
          <li key={launch}>
            <strong>{launch}</strong>: rung {rung}. {effect}.{why.length > 0 ? <span className="caption"> {why.join(' ')}</span> : null}
          </li>
        ))}
      </ul>
      <div className={styles['scroll']}>
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">Capability</th>
              <th scope="col">Offered</th>
              <th scope="col">Granted</th>
              <th scope="col">What follows</th>
            </tr>
          </thead>
          <tbody>
            {report.abilities.map((ability) => (
              <tr key={ability.name}>
                <th scope="row">
                  {ability.name}
                  <div className="caption">{ability.technical}</div>
                </th>
                <td>
                  <SaidChip said={ability.offered} />
                </td>
                <td>
                  <SaidChip said={ability.granted} />
                </td>
                <td>{ability.consequence}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="caption">
        Granted is what this session was granted, opened without a patient; a launch from a chart may be granted more or less. An EHR may
        offer something and still have it switched off for one app.
      </p>
      <p className="caption num">Scopes: {scopes.join(' ') || 'none'}</p>
    </main>
  );
}
