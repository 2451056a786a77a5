/** For tests: a mail of ours as a mail server gives it back (RFC 3464, the form of its example in appendix E.1). */

/** The id of the effect: a UUID of version 8. */
export const OUR_MAIL = '0b0c1d2e-3f40-8a51-9b62-c7d8e9fa0b1c';

export type Returned = {
  id?: string;
  /** What of our mail is attached. */
  returned?: 'whole' | 'headers' | 'envelope';
  action?: string;
  status?: string;
};

export function returnedMail({ id = OUR_MAIL, returned = 'whole', action = 'failed', status = '5.1.1' }: Returned = {}): string {
  const headers = [
    'From: referrals@clinic.example.org',
    'To: front.desk@bayheart.example.org',
    'Subject: A referral for you to open',
    'Message-ID:',
    ` <${id}@clinic.example.org>`,
  ];
  const attached = {
    whole: ['--b1', 'Content-Type: message/rfc822', '', ...headers, '', 'Open it here.', 'https://refloop.example.org/office#secret'],
    headers: ['--b1', 'Content-Type: text/rfc822-headers', '', ...headers],
    envelope: [],
  }[returned];
  return [
    'From: MAILER-DAEMON@relay.example.org',
    'To: referrals@clinic.example.org',
    'Subject: Returned mail: see transcript for details',
    'Message-ID: <20261116.99@relay.example.org>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    '\tboundary="b1"',
    '',
    '--b1',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'The mail could not be delivered.',
    '',
    '--b1',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; relay.example.org',
    ...(returned === 'envelope' ? [`Original-Envelope-Id: ${id}`] : []),
    '',
    'Final-Recipient: rfc822; front.desk@bayheart.example.org',
    `Action: ${action}`,
    `Status: ${status}`,
    'Diagnostic-Code: smtp; 550 5.1.1 <front.desk@bayheart.example.org>:',
    ' User unknown',
    '',
    ...attached,
    '--b1--',
    '',
  ].join('\r\n');
}
