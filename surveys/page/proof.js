// Work that a server may ask for: a text such that SHA-256 of "{id}:{text}" begins with so many zero bits. Written out,
// because a browser's own digest is for https only and much too slow for one short text after another.
"use strict";

const prove = (() => {
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  const K = primes.map((prime) => fraction(Math.cbrt(prime)));
  const START = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const turn = (word, n) => (word >>> n) | (word << (32 - n));

  // The first two words of the digest of an ASCII text below 56 bytes, which is one block.
  function digest(text) {
    const w = new Int32Array(64);
    for (let i = 0; i <= text.length; i++) {
      w[i >> 2] |= (i < text.length ? text.charCodeAt(i) : 0x80) << (24 - 8 * (i & 3));
    }
    w[15] = 8 * text.length;
    for (let i = 16; i < 64; i++) {
      const [a, b] = [w[i - 15], w[i - 2]];
      const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
      const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = START;
    for (let i = 0; i < 64; i++) {
      const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    return [(START[0] + a) | 0, (START[1] + b) | 0];
  }

  const zeros = ([first, second]) => (first ? Math.clz32(first) : 32 + Math.clz32(second));

  // Lets the page breathe every few milliseconds.
  return async (id, bits) => {
    for (let n = 0; ; n++) {
      if (zeros(digest(`${id}:${n}`)) >= bits) return String(n);
      if (n % 2000 === 1999) await new Promise((resolve) => setTimeout(resolve));
    }
  };
})();
