// @ts-check
/**
 * The names of all terms, fetched once and looked through here: nothing that is typed is sent.
 *
 * @typedef {[label: string, kind: string, iri: string, short: string[], names: string[], codes: string[]]} Row
 * @typedef {{text: string, words: string[]}} Name
 * @typedef {{label: string, kind: string, names: Name[]}} Term
 * @typedef {{label: string, kind: string, other: string}} Match other: the name that fits, if not the label
 */

/** @type {Promise<Term[]> | null} */
let loading = null;

/** The terms; they are fetched when they are wanted first. @returns {Promise<Term[]>} */
export function load() {
  loading ??= fetch(new URL("../names.json", import.meta.url))
    .then((reply) => reply.json())
    .then((/** @type {{names: Row[]}} */ { names }) => names.map(termOf))
    .catch(() => {
      loading = null; // it is tried again
      return [];
    });
  return loading;
}

/** @param {Row} row @returns {Term} */
function termOf([label, kind, , ...others]) {
  return { label, kind, names: [label, ...others.flat()].map((text) => ({ text, words: wordsOf(text) })) };
}

/** A text as its words, without case and accents. @param {string} text */
export function wordsOf(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/**
 * The terms with a name in which every word that was typed begins a word, the nearest first.
 * @param {Term[]} terms @param {string} typed @param {string} kind what is wanted, or "any"
 * @returns {Match[]}
 */
export function find(terms, typed, kind) {
  const sought = wordsOf(typed);
  if (!sought.length) return [];
  const found = [];
  for (const term of terms) {
    if (kind !== "any" && kind !== term.kind) continue;
    const distances = term.names.map(({ words }) => distanceOf(sought, words));
    const nearest = Math.min(...distances);
    if (nearest === Infinity) continue;
    const place = distances.indexOf(nearest); // the label comes first
    const other = place ? term.names[place].text : "";
    found.push({ label: term.label, kind: term.kind, other, nearest });
  }
  return found.sort((a, b) => a.nearest - b.nearest || a.label.localeCompare(b.label));
}

/**
 * How far a name is from what was typed: 0 is the name itself, and a longer one is farther.
 * @param {string[]} sought @param {string[]} words
 */
function distanceOf(sought, words) {
  if (!sought.every((part) => words.some((word) => word.startsWith(part)))) return Infinity;
  if (sought.join(" ") === words.join(" ")) return 0;
  return words.length + (words[0].startsWith(sought[0]) ? 1 : 100);
}
