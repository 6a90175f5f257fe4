/** Numbers in [0, 1), the same for the same seed and labels. */
export type RandomStream = () => number;

/**
 * A stream of its own for each purpose (`randomStream(seed, "shuffle", epoch)`), so that a drawing more in
 * one place changes nothing in another.
 */
export function randomStream(seed: number, ...labels: (string | number)[]): RandomStream {
  return sfc32(hash([seed, ...labels].join("\u0000")));
}

/**
 * Runs `compute` with every random number of TensorFlow.js drawn from `stream`: initial weights, dropout
 * masks, noise, and what functions in a spec draw by `ops`. TensorFlow.js seeds each drawing that was given no seed
 * from `Math.random`, which is therefore replaced meanwhile; `compute` must not be asynchronous.
 */
export function withRandomness<Result>(stream: RandomStream, compute: () => Result): Result {
  const before = Math.random;
  Math.random = stream;
  try {
    return compute();
  } finally {
    Math.random = before;
  }
}

/** The numbers 0 … n − 1 in random order (Fisher and Yates). */
export function shuffled(n: number, stream: RandomStream): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(stream() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Four 32-bit words from a text (xmur3). */
function hash(text: string): [number, number, number, number] {
  let h = 1779033703 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  const next = () => {
    h = Math.imul(h ^ (h >>> 16), 2246822507);
    h = Math.imul(h ^ (h >>> 13), 3266489909);
    return (h ^= h >>> 16) >>> 0;
  };
  return [next(), next(), next(), next()];
}

/** Chris Doty-Humphrey's small fast counter generator; passes PractRand. */
function sfc32([a, b, c, d]: [number, number, number, number]): RandomStream {
  return () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
}
