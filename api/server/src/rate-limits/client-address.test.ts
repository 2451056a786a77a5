import { describe, expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

describe('whose address is counted', () => {
  test.each([
    ['the socket’s, where no proxy is trusted', '203.0.113.7', '198.51.100.1', 0, '203.0.113.7'],
    ['what the one trusted proxy adds', '10.0.0.1', '198.51.100.1', 1, '198.51.100.1'],
    ['not what the caller made up before it', '10.0.0.1', '1.2.3.4, 198.51.100.1', 1, '198.51.100.1'],
    ['two proxies back', '10.0.0.2', '1.2.3.4, 198.51.100.1, 10.0.0.1', 2, '198.51.100.1'],
    ['who came in behind the first of two', '10.0.0.2', '10.0.0.9', 2, '10.0.0.9'],
    ['the socket’s, where the proxy added nothing', '10.0.0.1', undefined, 1, '10.0.0.1'],
    ['the nearest that is an address', '10.0.0.1', 'unknown', 1, '10.0.0.1'],
    ['an address with a port', '10.0.0.1', '198.51.100.1:51234', 1, '198.51.100.1'],
    ['an IPv6 address with a port, as its network', '10.0.0.1', '[2001:db8:1:2:3:4:5:6]:443', 1, '2001:db8:1:2::/64'],
    ['IPv6 by its network', '2001:db8::42', undefined, 0, '2001:db8:0:0::/64'],
    ['IPv6 with a zone', 'fe80::1%eth0', undefined, 0, 'fe80:0:0:0::/64'],
    ['IPv4 in IPv6’s clothes', '::ffff:203.0.113.7', undefined, 0, '203.0.113.7'],
    ['the same, spelled otherwise', '::ffff:cb00:7107', undefined, 0, '203.0.113.7'],
    ['nobody’s, in a test without a socket', undefined, undefined, 0, 'unknown'],
  ])('%s', (_name, remote, forwarded, proxies, expected) => {
    expect(clientAddress(remote, forwarded, proxies)).toBe(expected);
  });

  test('two addresses of one network are one caller', () => {
    expect(clientAddress('2001:db8::1', undefined, 0)).toBe(clientAddress('2001:db8::ffff:ffff:ffff:ffff', undefined, 0));
  });
});
