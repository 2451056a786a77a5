/** For tests: a mail with files attached, as a mail program writes it (RFC 2045, 2046). */

/** @param type of each file, as the mail says it: most are sent under a wrong one */
export function mailWith(files: readonly Uint8Array[], type = 'application/octet-stream'): string {
  const attached = files.flatMap((file, at) => [
    '--b2',
    `Content-Type: ${type}`,
    ...(type === 'message/rfc822'
      ? ['Content-Disposition: attachment', '', Buffer.from(file).toString('latin1')]
      : [
          'Content-Transfer-Encoding: base64',
          `Content-Disposition: attachment; filename="file-${at}.bin"`,
          '',
          Buffer.from(file).toString('base64').replaceAll(/.{76}/g, '$&\r\n'),
        ]),
  ]);
  const boundary = type === 'message/rfc822' ? 'b3' : 'b2';
  const lines = ['--b2', 'Content-Type: text/plain; charset=utf-8', '', 'Please find the note attached.', ...attached, '--b2--', ''];
  return [
    'From: Front desk <desk@bayheart.example.org>',
    'To: notes@clinic.example.org',
    'Subject: Consult note',
    'Message-ID: <20261122.1@bayheart.example.org>',
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    // A mail within a mail has a boundary of its own.
    ...lines.map((line) => (type === 'message/rfc822' ? line.replace(/^--b2(?=--$|$)/, '--b3') : line)),
  ].join('\r\n');
}
