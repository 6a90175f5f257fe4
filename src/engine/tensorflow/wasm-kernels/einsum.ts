import type { TensorFlow } from "../index.ts";
import type { Any, Composition } from "./index.ts";

/**
 * Einstein's sum of one or two tensors. Two are brought to `[shared, own, summed] · [shared, summed, own]`
 * and multiplied as matrices; a letter that only one of them has and the result lacks is summed first.
 */
export const einsum: Composition = (tf, inputs, attributes) => {
  const tensors = Object.keys(inputs)
    .sort((a, b) => Number(a) - Number(b))
    .map((key) => inputs[key]);
  const [left, output] = (attributes["equation"] as string).replaceAll(/\s/g, "").split("->") as [
    string,
    string,
  ];
  const letters = left.split(",");

  const terms = tensors.map((tensor, i) => {
    const others = new Set(output + letters.filter((_, j) => j !== i).join(""));
    return summed(tf, { tensor, letters: letters[i]! }, (letter) => !others.has(letter));
  });
  const [first, second] = terms as [Term, Term?];
  const result = second === undefined ? first : contract(tf, first, second, output);
  return arranged(tf, result, output).tensor;
};

interface Term {
  readonly tensor: Any;
  readonly letters: string;
}

function contract(tf: TensorFlow, a: Term, b: Term, output: string): Term {
  const shared = [...a.letters].filter((letter) => b.letters.includes(letter) && output.includes(letter));
  const over = [...a.letters].filter((letter) => b.letters.includes(letter) && !output.includes(letter));
  const ownA = [...a.letters].filter((letter) => !b.letters.includes(letter));
  const ownB = [...b.letters].filter((letter) => !a.letters.includes(letter));
  const size = (letters: readonly string[]): number =>
    letters.reduce((product, letter) => product * extent(letter, a, b), 1);

  const left = tf.reshape(arranged(tf, a, [...shared, ...ownA, ...over].join("")).tensor, [
    size(shared),
    size(ownA),
    size(over),
  ]);
  const right = tf.reshape(arranged(tf, b, [...shared, ...over, ...ownB].join("")).tensor, [
    size(shared),
    size(over),
    size(ownB),
  ]);
  const letters = [...shared, ...ownA, ...ownB];
  return {
    letters: letters.join(""),
    tensor: tf.reshape(
      tf.matMul(left, right),
      letters.map((letter) => extent(letter, a, b)),
    ),
  };
}

function extent(letter: string, ...terms: Term[]): number {
  for (const { tensor, letters } of terms)
    if (letters.includes(letter)) return (tensor.shape as number[])[letters.indexOf(letter)]!;
  return 1;
}

function summed(tf: TensorFlow, term: Term, drop: (letter: string) => boolean): Term {
  const axes = [...term.letters].flatMap((letter, i) => (drop(letter) ? [i] : []));
  if (axes.length === 0) return term;
  return {
    tensor: tf.sum(term.tensor, axes),
    letters: [...term.letters].filter((letter) => !drop(letter)).join(""),
  };
}

function arranged(tf: TensorFlow, term: Term, order: string): Term {
  if (term.letters === order) return term;
  return {
    tensor: tf.transpose(
      term.tensor,
      [...order].map((letter) => term.letters.indexOf(letter)),
    ),
    letters: order,
  };
}
