// @ts-check
/**
 * What is offered while somebody types a query: names of this graph, by their beginning or by a
 * word of their label. This server is asked once for all of them; what is typed goes nowhere.
 */

import { declare } from "./sparql-prefixes.js";

const MOST = 60;
const WORD = /(?:<[^<>\s]*|[?$]?[\w-]*(?::[\w.%-]*)?)$/;
const REST = /^[\w.%-]*/;
const PREFIXED = /(?:^|[^\w:?$-])[A-Za-z][\w-]*:[\w.-]*$/;
const OF_CLASS = /(?:\ba|\brdf:type)\s+$/;
const OF_PROPERTY =
  /(?:;\s*|[/|^]\s*|(?:[{.]|^)\s*(?:[?$]\w+|[\w-]*:[\w.-]+|<[^<>\s]*>)\s+)$/;

/**
 * @typedef {{name: string, label: string, kind: string, uses: number, local: string, words: string}} Name
 * @typedef {{prefixes: Record<string, string>, names: Name[]}} Vocabulary
 */

/**
 * @param {any} Yasqe
 * @param {any} yasqe
 * @param {string} address of the vocabulary
 */
export function createCompleter(Yasqe, yasqe, address) {
  /** @type {Vocabulary} */
  let known = { prefixes: {}, names: [] };
  const loaded = load(address).then((found) => {
    known = found;
  }, () => {}); // without it nothing is offered

  /** Offer what fits at the cursor; the offers follow what is typed. */
  function offer() {
    yasqe.showHint({
      hint: async () => {
        await loaded;
        const hints = hintsAt(yasqe, known);
        Yasqe.on(hints, "shown", () => name(yasqe.state.completionActive.widget.hints));
        return hints;
      },
      completeSingle: false,
      closeCharacters: /[\s>"{}()]/,
      container: yasqe.rootEl,
      extraKeys: { Tab: (/** @type {any} */ _, /** @type {any} */ menu) => (menu.close(), Yasqe.Pass) },
    });
  }

  return {
    offer,
    /** Declare every prefix that is used and known. */
    declare: () => declare(yasqe, known.prefixes),
    /**
     * After something was typed: a known prefix is declared, and its names are offered.
     * @param {{text: string[], origin: string}} change
     */
    typed({ text, origin }) {
      const typed = text.join("\n");
      if (origin === "paste" || typed === ":") declare(yasqe, known.prefixes);
      const isName = /^[\w:-]$/.test(typed) && PREFIXED.test(leftOf(yasqe)) && !isInText(yasqe);
      if (isName && !yasqe.state.completionActive) offer();
    },
  };
}

/**
 * Say of the list of offers what it is; it comes without a name.
 * @param {HTMLElement} list
 */
function name(list) {
  list.setAttribute("aria-label", "Names that fit");
  list.tabIndex = 0;
}

/**
 * @param {string} address
 * @returns {Promise<Vocabulary>}
 */
async function load(address) {
  const { prefixes, names } = await (await fetch(address)).json();
  return { prefixes, names: names.map(readName) };
}

/**
 * @param {[string, string, string, number]} row
 * @returns {Name}
 */
function readName([name, label, kind, uses]) {
  const local = name.slice(name.indexOf(":") + 1).replace(/([a-z])([A-Z])/g, "$1 $2");
  return { name, label, kind, uses, local: ` ${plain(local)}`, words: ` ${plain(label)}` };
}

/** @param {string} text */
function plain(text) {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, " ");
}

// ── What fits ───────────────────────────────────────────────────────────────────────────────

/**
 * The offers for the word at the cursor, best first.
 * @param {any} yasqe
 * @param {Vocabulary} known
 */
function hintsAt(yasqe, known) {
  const { line, ch } = yasqe.getCursor();
  const left = leftOf(yasqe);
  const word = WORD.exec(left)?.[0] ?? "";
  const rest = REST.exec(yasqe.getLine(line).slice(ch))?.[0] ?? "";
  const list = /^[?$]/.test(word)
    ? variablesLike(yasqe, word)
    : namesLike(word, kindAfter(yasqe, left.slice(0, left.length - word.length)), known);
  const isWritten = list.length === 1 && list[0].text === word;
  return {
    list: isWritten ? [] : list,
    from: { line, ch: ch - word.length },
    to: { line, ch: ch + rest.length },
  };
}

/**
 * The kind of name that is likely after a text.
 * @param {any} yasqe
 * @param {string} left what stands before the word in its line
 */
function kindAfter(yasqe, left) {
  const { line } = yasqe.getCursor();
  const text = left.trim() || line === 0 ? left : `${yasqe.getLine(line - 1)}\n`;
  if (OF_CLASS.test(text)) return "class";
  return OF_PROPERTY.test(text) ? "property" : "";
}

/**
 * @param {string} word
 * @param {string} kind
 * @param {Vocabulary} known
 */
function namesLike(word, kind, known) {
  const text = word.toLowerCase();
  const colon = text.indexOf(":");
  const prefix = text.slice(0, colon + 1);
  const asked = plain(text.slice(colon + 1)).trim();
  const found = [];
  for (const name of known.names) {
    const full = name.name.toLowerCase();
    const near = full.startsWith(text) ? 3 : full.startsWith(prefix) ? likeness(name, asked) : 0;
    const rank = near + (kind && name.kind === kind ? 4 : 0) + (full === text ? 8 : 0);
    if (near > 0) found.push({ name, rank });
  }
  found.sort(
    (a, b) =>
      b.rank - a.rank || b.name.uses - a.name.uses || a.name.name.localeCompare(b.name.name),
  );
  return found.slice(0, MOST).map(({ name }) => hintOf(name, known.prefixes));
}

/**
 * 2 for a word of the name itself, 1 for one of its label, 0 for neither.
 * @param {Name} name
 * @param {string} asked
 */
function likeness(name, asked) {
  if (!asked) return 0;
  if (name.local.includes(` ${asked}`)) return 2;
  return name.words.includes(` ${asked}`) ? 1 : 0;
}

/**
 * @param {any} yasqe
 * @param {string} word
 */
function variablesLike(yasqe, word) {
  const found = new Set(yasqe.getValue().match(/[?$]\w+/g));
  found.delete(word);
  return [...found].filter((each) => each.startsWith(word)).sort().map((text) => ({ text }));
}

/**
 * @param {Name} name
 * @param {Record<string, string>} prefixes
 */
function hintOf(name, prefixes) {
  return {
    text: name.name,
    /** @param {HTMLElement} element */
    render(element) {
      const note = document.createElement("small");
      note.textContent = [name.label, name.kind === "term" ? "" : name.kind].filter(Boolean).join(", ");
      element.append(name.name, " ", note);
    },
    /** @param {any} editor @param {any} data @param {any} hint */
    hint(editor, data, hint) {
      editor.replaceRange(hint.text, data.from, data.to, "complete");
      declare(editor, prefixes);
    },
  };
}

// ── Where the cursor is ─────────────────────────────────────────────────────────────────────

/** @param {any} yasqe */
function leftOf(yasqe) {
  const { line, ch } = yasqe.getCursor();
  return yasqe.getLine(line).slice(0, ch);
}

/** @param {any} yasqe */
function isInText(yasqe) {
  return ["string", "comment"].includes(yasqe.getTokenAt(yasqe.getCursor()).type);
}
