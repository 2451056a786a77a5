/** What is asked: filled from the order, open to change; the list and the note follow. */
import { Select, Textarea, TextInput } from '@mantine/core';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import { isReferralKind, MOST_VISITS, REFERRAL_KIND_WORDS, REFERRAL_KINDS, serviceOf } from '@refloop/domain/drafting/referral-kind';
import { languageName } from '@refloop/domain/matching/plain-words';
import type { CoverageFacts } from '@refloop/domain/request/coverage-facts';
import { useState } from 'react';
import { exclusionText } from '../matching/card-words.ts';
import { Chip } from '../ui/Chip.tsx';
import { plainDate } from '../words/plain-date.ts';
import { answerOf, type Desk, type DeskState } from './desk.ts';
import { ExcludedDialog } from './later.ts';
import { ReasonCodes } from './ReasonCodes.tsx';
import styles from './RequestColumn.module.css';
import { changeRequest } from './request-flow.ts';

const SPECIALTY_OPTIONS = SPECIALTIES.map(({ id, name }) => ({ value: id, label: name })).sort((a, b) => a.label.localeCompare(b.label));
const URGENCY_OPTIONS = [
  { value: 'routine', label: 'Routine' },
  { value: 'urgent', label: 'Urgent' },
  { value: 'emergency', label: 'Emergency' },
];
/** Common first languages of patients in the US besides English; any other is typed by its name in the chart. */
const LANGUAGE_OPTIONS = ['es', 'cmn', 'yue', 'vi', 'fil', 'ko', 'ar', 'ru', 'fr', 'ht', 'pt', 'pl', 'ase'];
const RADII_MILES = [10, 25, 50, 100];

const COVERAGE_STATUS: Record<CoverageFacts['status'], { tone: 'good' | 'warn' | 'bad'; text: string }> = {
  active: { tone: 'good', text: 'active' },
  ended: { tone: 'bad', text: 'ended' },
  'not-started': { tone: 'warn', text: 'not started' },
  cancelled: { tone: 'bad', text: 'not active' },
};

export function RequestColumn({ desk, state, locked }: { desk: Desk; state: DeskState; locked: boolean }) {
  const [seeing, setSeeing] = useState(false);
  const { request, patient } = state;
  const answer = answerOf(state);
  const counts = Object.entries(answer?.excluded.counts ?? {}).filter(([, count]) => count > 0);
  const languages = [...new Set([...patient.languages, ...request.languages, ...LANGUAGE_OPTIONS])];
  return (
    <section aria-labelledby="request-heading" className={styles['container']}>
      <h2 id="request-heading" className={styles['heading']}>
        Request
      </h2>
      <div className={styles['column']}>
        <Select
          label="Specialty"
          placeholder="Choose"
          searchable
          data={SPECIALTY_OPTIONS}
          value={request.specialty}
          disabled={locked}
          nothingFoundMessage="No such specialty"
          onChange={(specialty) => changeRequest(desk, { specialty })}
        />
        <div className={styles['kind']}>
          <Select
            label="Urgency"
            data={URGENCY_OPTIONS}
            value={request.urgency}
            allowDeselect={false}
            disabled={locked}
            onChange={(value) => {
              if (value === 'routine' || value === 'urgent' || value === 'emergency') changeRequest(desk, { urgency: value });
            }}
          />
          {serviceOf(request.kind) === 'visit' ? (
            <TextInput
              label="Visits"
              type="number"
              min={1}
              max={MOST_VISITS}
              value={request.visits}
              disabled={locked}
              onChange={(event) => {
                const visits = event.currentTarget.valueAsNumber;
                if (Number.isInteger(visits) && visits >= 1 && visits <= MOST_VISITS) changeRequest(desk, { visits });
              }}
            />
          ) : null}
        </div>
        <div className={styles['reason']}>
          <Textarea
            label="Reason"
            maxLength={2000}
            value={request.reasonText}
            disabled={locked}
            onChange={(event) => changeRequest(desk, { reasonText: event.currentTarget.value })}
          />
          <ReasonCodes desk={desk} state={state} locked={locked} />
        </div>
        <Textarea
          label="Question for the specialist"
          maxLength={2000}
          value={request.question}
          disabled={locked}
          onChange={(event) => changeRequest(desk, { question: event.currentTarget.value })}
        />
        <Select
          label="Kind of referral"
          data={REFERRAL_KINDS.map((kind) => ({ value: kind, label: REFERRAL_KIND_WORDS[kind].label }))}
          value={request.kind}
          allowDeselect={false}
          disabled={locked}
          onChange={(value) => {
            if (value !== null && isReferralKind(value))
              changeRequest(desk, { kind: value, visits: REFERRAL_KIND_WORDS[value].usualVisits });
          }}
          description={REFERRAL_KIND_WORDS[request.kind].meaning}
        />
        <Coverage desk={desk} state={state} locked={locked} />
        <div>
          <p className={styles['label']}>Patient needs</p>
          <Select
            aria-label="Language"
            data={[{ value: '', label: 'English' }, ...languages.map((code) => ({ value: code, label: languageName(code) }))]}
            value={request.languages[0] ?? ''}
            allowDeselect={false}
            disabled={locked}
            searchable
            onChange={(value) => changeRequest(desk, { languages: value ? [value] : [] })}
          />
          {patient.interpreterRequired ? <p className={styles['said']}>Interpreter required</p> : null}
        </div>
        <Select
          label="First circle"
          data={[...new Set([...RADII_MILES, request.radiusMiles])]
            .sort((a, b) => a - b)
            .map((miles) => ({ value: String(miles), label: `${miles} miles` }))}
          value={String(request.radiusMiles)}
          allowDeselect={false}
          disabled={locked}
          onChange={(value) => {
            if (value !== null) changeRequest(desk, { radiusMiles: Number(value) });
          }}
        />
        {answer ? (
          <div>
            <p className={styles['label']}>Not shown</p>
            <p className="num">
              {counts.length === 0
                ? 'Nobody was excluded'
                : counts.map(([reason, count]) => `${count} ${exclusionText(reason)}`).join(' · ')}
            </p>
            {counts.length > 0 ? (
              <button type="button" className="link" onClick={() => setSeeing(true)}>
                See who and why
              </button>
            ) : null}
            <ExcludedDialog answer={answer} opened={seeing} onClose={() => setSeeing(false)} />
          </div>
        ) : null}
      </div>
    </section>
  );
}

function Coverage({ desk, state, locked }: { desk: Desk; state: DeskState; locked: boolean }) {
  const { coverages, request } = state;
  const coverage = coverages.find((each) => each.id === request.coverageId);
  const understood = answerOf(state)?.coverage;
  const status = coverage ? COVERAGE_STATUS[coverage.status] : undefined;
  return (
    <div>
      {coverages.length > 1 ? (
        <Select
          label="Coverage"
          data={coverages.map((each) => ({ value: each.id, label: each.planName }))}
          value={request.coverageId}
          allowDeselect={false}
          disabled={locked}
          onChange={(coverageId) => changeRequest(desk, { coverageId })}
        />
      ) : (
        <p className={styles['label']}>Coverage</p>
      )}
      <p className={styles['coverage']}>
        {coverage === undefined ? 'No coverage in the chart' : coverages.length > 1 ? null : <span>{coverage.planName}</span>}
        {status ? <Chip tone={status.tone}>{status.text}</Chip> : null}
      </p>
      <p className="caption num">
        {[
          coverage?.memberId ? `Member ${coverage.memberId}` : undefined,
          coverage?.until ? `until ${plainDate(coverage.until)}` : undefined,
          understood?.kind === 'plan-not-in-directory' ? 'the directory does not know this plan, so networks are unknown' : undefined,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </div>
  );
}
