/** The self-test: asked of the EHR when the administrator presses, never by itself. */
import { Button } from '@mantine/core';
import type { EhrCheck, EhrSelfTest } from '@refloop/server/client/admin';
import { type Api, failureText } from '../session/api.ts';
import { Chip } from '../ui/Chip.tsx';
import { Late } from '../ui/Late.tsx';
import { WordTable } from '../ui/WordTable.tsx';
import { plainTime } from '../words/plain-date.ts';
import styles from './CenterPage.module.css';

export type SelfTestState =
  | { kind: 'not-run' }
  | { kind: 'running' }
  | { kind: 'done'; result: EhrSelfTest }
  | { kind: 'failed'; text: string };

const TONES = { good: 'good', bad: 'warn', 'not-asked': 'unknown' } as const satisfies Record<EhrCheck['answer'], string>;
const WORDS: Record<EhrCheck['answer'], string> = { good: 'works', bad: 'does not', 'not-asked': 'not asked' };

export async function runSelfTest(api: Api, set: (state: SelfTestState) => void): Promise<void> {
  set({ kind: 'running' });
  const answered = await api.call<EhrSelfTest>('/ehr/self-test', { method: 'POST', milliseconds: 60_000 });
  set(answered.ok ? { kind: 'done', result: answered.value } : { kind: 'failed', text: failureText(answered.refusal) });
}

/** The result as lines of the report. */
export const selfTestText = (state: SelfTestState): string[] =>
  state.kind === 'done'
    ? [
        '',
        `Asked of the EHR at ${state.result.at}:`,
        ...state.result.checks.map(
          ({ name, technical, answer, detail, milliseconds }) => `${name} (${technical}): ${WORDS[answer]}, ${milliseconds} ms. ${detail}`,
        ),
      ]
    : [];

export function SelfTest({ api, state, onState }: { api: Api; state: SelfTestState; onState: (state: SelfTestState) => void }) {
  return (
    <section aria-labelledby="self-test" className={styles['section']}>
      <div className={styles['head']}>
        <h2 id="self-test">Asked of the EHR just now</h2>
        <Button
          variant="default"
          className={styles['unprinted'] ?? ''}
          loading={state.kind === 'running'}
          onClick={() => void runSelfTest(api, onState)}
        >
          {state.kind === 'done' ? 'Ask again' : 'Run the self-test'}
        </Button>
      </div>
      {state.kind === 'not-run' ? (
        <p className="caption">
          Asks the EHR from Refloop’s server for its sign-in, its keys, Refloop’s own access and the searches by identifier. Writes nothing
          and reads no patient.
        </p>
      ) : null}
      {state.kind === 'running' ? (
        <Late>
          <output>Asking the EHR</output>
        </Late>
      ) : null}
      {state.kind === 'failed' ? <p role="alert">The self-test could not be run. {state.text}</p> : null}
      {state.kind === 'done' ? (
        <>
          <p className="caption num">As of {plainTime(state.result.at)}</p>
          <WordTable label="What the EHR answered" headings={['Question', 'Answer', 'What it said', 'Time']}>
            {state.result.checks.map((check) => (
              <tr key={check.name}>
                <th scope="row">
                  {check.name}
                  <div className="caption">{check.technical}</div>
                </th>
                <td>
                  <Chip tone={TONES[check.answer]}>{WORDS[check.answer]}</Chip>
                </td>
                <td>{check.detail}</td>
                <td className="num">{check.answer === 'not-asked' ? '' : `${check.milliseconds} ms`}</td>
              </tr>
            ))}
          </WordTable>
        </>
      ) : null}
    </section>
  );
}
