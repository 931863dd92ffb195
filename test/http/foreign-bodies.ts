import { runInNewContext } from 'node:vm';

/** What a body parser, a middleware or an attacker through one of them may leave on a request. Each is made anew. */
export const foreignBodies: Record<string, () => unknown> = {
  'an object whose text is no function (JSON or qs)': () => ({ a: { toString: 1 } }),
  'an object whose own toString throws': () => ({ a: { toString: boom, valueOf: boom, toJSON: boom } }),
  'an object that cannot become a primitive': () => ({ a: { [Symbol.toPrimitive]: boom } }),
  'fields named as what every object has': () =>
    JSON.parse('{"toString":1,"__proto__":{"token":"x"},"constructor":{"prototype":1},"hasOwnProperty":2}'),
  'objects without a prototype': () => Object.assign(Object.create(null), { a: Object.create(null) }),
  'a getter that throws': () => Object.defineProperty({}, 'token', { enumerable: true, get: boom }),
  'a getter that never returns the same': () =>
    Object.defineProperty({}, 'token', { enumerable: true, get: () => ({ toString: boom }) }),
  'a Proxy that throws at every touch': () => new Proxy({}, hostileTraps),
  'a Proxy in a field': () => ({ token: new Proxy([], hostileTraps), content: new Proxy({}, hostileTraps) }),
  'a revoked Proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return { token: proxy };
  },
  'lists of lists and of objects': () => ({ id: [[['x']], { toString: 1 }, null, undefined, Symbol('x'), boom] }),
  'a list with a getter in it': () => ({ id: Object.defineProperty(['a'], 0, { get: boom }) }),
  'a list that says it is endless': () => ({ id: Object.assign(Object.create(Array.prototype), { length: 2 ** 40 }) }),
  'a sparse list': () => ({ id: new Array(2 ** 31) }),
  'numbers, symbols and functions': () => ({ token: 1n, content: Number.NaN, id: Symbol('x'), mode: boom }),
  itself: () => {
    const body: Record<string, unknown> = {};
    body.token = body;
    return body;
  },
  'a Map': () => new Map([['token', 'x']]),
  'a Date that is none': () => new Date(Number.NaN),
  'a class instance': () =>
    new (class Form {
      token = { toString: boom };
    })(),
  'an object of another realm': () => runInNewContext('({ token: { toString() { throw 1 } } })'),
  'a list': () => [{ toString: boom }],
  'a number': () => 7,
  'a function': () => boom,
  nothing: () => null,
  'text of no form': () => '%%%&&&===\0',
  'bytes of no form': () => Buffer.from([0xff, 0xfe, 0, 37, 37]),
  'bytes whose length lies': () => Object.defineProperty(Buffer.from('a=b'), 'byteLength', { get: boom }),
  'a detached buffer': () => {
    const bytes = new Uint8Array(16);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  },
  'a Buffer of 3 MB': () => Buffer.alloc(3 * 1024 * 1024, 'a=b&'),
  'a hundred thousand fields': () => Object.fromEntries(Array.from({ length: 100_001 }, (_, n) => [`f${n}`, 'x'])),
};

function boom(): never {
  throw new Error('the host’s value was touched');
}

const hostileTraps: ProxyHandler<object> = Object.fromEntries(
  ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf', 'isExtensible'].map((trap) => [trap, boom]),
);
