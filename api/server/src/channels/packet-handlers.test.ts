import { describe, expect, test } from 'vitest';
import { FAX_RECEIPT } from './fax-gateway.ts';
import { packetHandlers } from './packet-handlers.ts';

describe('where no way to send is set up any more', () => {
  const handlers = packetHandlers({ smtp: undefined, faxMailDomain: undefined, faxGateway: undefined, publicUrl: '' }, fetch);
  const transmission = { attempt: 1, transmissionId: 't1' };
  const CONTENTS: Record<string, object> = {
    'office-mail': {
      transmission,
      to: 'a@b.example',
      link: 'https://refloop.example/office#x',
      practice: 'P',
      specialist: 'S',
      callback: '',
    },
    'fax-by-mail': { transmission, number: '+13125550100', pdf: 'JVBERi0=' },
    fax: { transmission, number: '+13125550100', pdf: 'JVBERi0=' },
    [FAX_RECEIPT]: { transmission },
  };

  test('every kind that may wait is carried out still, so that it ends and somebody is told', () => {
    expect(handlers.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(CONTENTS).toSorted());
  });

  test.each(handlers.map((handler) => [handler.kind, handler] as const))(
    '%s: nothing leaves, and it comes again',
    async (kind, handler) => {
      const scope = { tenant: 't', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
      const at = '2026-11-16T16:00:00.000Z';
      const opened = handler.open({
        id: 'i',
        scope,
        referralId: 'r1',
        key: 'k',
        content: CONTENTS[kind] ?? {},
        askedAt: at,
        triedAt: null,
      });
      // Whether a fax that was handed over arrived nobody can say without the gateway.
      const expected = kind === FAX_RECEIPT ? { kind: 'unknown' } : { kind: 'refused', final: false };
      expect(await opened?.send(1, { signal: AbortSignal.timeout(1000) })).toMatchObject(expected);
    },
  );
});
