import { scriptedEhr } from '@refloop/domain/write-back/test-scripted-ehr';
import { expect, test } from 'vitest';
import { sandboxSite } from '../sites.ts';
import type { Message } from './handler.ts';
import { noteReceipt, type ReceiptContent } from './report-in-chart.ts';
import { type TaskStandingContent, taskStanding } from './task-standing.ts';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const site = { ...sandboxSite(4010), system: { tracks: true } } as ReturnType<typeof sandboxSite>;
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

const deps = (sinceSeconds: number | undefined) => ({
  sites: [site],
  access: async () => ({ ok: true as const, ehr: scriptedEhr([]), conditionalCreate: () => false, may: () => true }),
  now: () => new Date(NOW),
  ...(sinceSeconds === undefined ? {} : { sinceClockSet: () => sinceSeconds * 1000 }),
});

const message = <Content>(content: Content, triedAt: string | null): Message<Content> => ({
  id: 'm',
  scope: { tenant: site.tenant, issuer: site.iss, site: site.name },
  referralId: 'r',
  key: 'k',
  askedAt: ago(3600),
  tries: 1,
  triedAt,
  content,
});

const standing: TaskStandingContent = {
  attempt: 1,
  patientId: 'p1',
  key: 'key',
  task: null,
  work: 'accepted',
  why: null,
  at: ago(3600),
  approvedAt: ago(3600),
  draft: null,
  transmissionId: null,
};
const receipt: ReceiptContent = { reportId: 'n', patientId: 'p1', key: 'key', resource: { resourceType: 'Task' } };
const call = { signal: new AbortController().signal };

test.each([
  ['a minute is not over', 59, undefined, 1],
  ['a minute is over', 60, undefined, undefined],
  ['the clock was set forward within the minute', 540, 20, 40],
  ['a minute has passed since the clock was set', 540, 60, undefined],
  ['it was never sent', null, 0, undefined],
] as const)('what is not in the chart where %s: sent %s s ago, set %s s ago, settled in %s s', async (_when, sent, set, seconds) => {
  const triedAt = sent === null ? null : ago(sent);
  const looks = [
    await taskStanding(deps(set)).look?.(message(standing, triedAt), call),
    await noteReceipt(deps(set)).look?.(message(receipt, triedAt), call),
  ];
  const expected = seconds === undefined ? { kind: 'absent' } : { kind: 'too-early', milliseconds: seconds * 1000 };
  expect(looks).toMatchObject([expected, expected]);
});
