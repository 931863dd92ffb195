import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** IPv4 networks that are not on the internet: private, loopback, link-local with cloud metadata, shared, reserved. */
const reserved4 = [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
];

/**
 * IPv6 networks inside the public range 2000::/3 that are not public: tunnels that carry an IPv4 address, and examples.
 */
const reserved6 = ['2001::/23 2001:db8::/32 2002::/16 3fff::/20'];

const internet6 = networks(['2000::/3'], 'ipv6');
const not4 = networks(reserved4, 'ipv4');
const not6 = networks(reserved6, 'ipv6');

function networks(lists: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const network of lists.join(' ').split(' ')) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** Whether an IP address is public. IPv4 addresses inside IPv6 ones are not: a public one would be written as IPv4. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !not4.check(address, 'ipv4');
  const [plain = ''] = address.split('%');
  return isIP(plain) === 6 && internet6.check(plain, 'ipv6') && !not6.check(plain, 'ipv6');
}

/** The error for a host name that has no public address. */
export class AddressRefusedError extends Error {
  readonly code = 'ADDRESS_REFUSED';
}

/**
 * Resolves a host name to its public addresses only. The connection is made to the returned address, so that a name
 * which changes its address after a check (DNS rebinding) gains nothing.
 */
export const lookupPublicAddress: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const allowed = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = allowed;
    if (!first) return callback(new AddressRefusedError(), '', 0);
    // Node asks for several addresses with `all`, but its type of `callback` does not allow a list.
    if (options.all) return (callback as (error: null, found: typeof allowed) => void)(null, allowed);
    callback(null, first.address, first.family);
  });
};
