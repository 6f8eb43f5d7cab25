// @ts-check
/** The prefixes of a query: which it uses, which it declares, and declaring the others. */

const NOT_CODE = // what is still being typed may have no end
  /<[^<>\s]*>?|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|#[^\n]*/g;
const USED = /(?<![\w?$:.-])([A-Za-z][\w-]*):/g;
const DECLARED = /\bPREFIX\s+([\w-]*):/gi;
const LAST_DECLARATION = /^[ \t]*PREFIX\s.*$(?![\s\S]*^[ \t]*PREFIX\s)/im;
const HEADER = /^(?:[ \t]*#.*\n|[ \t]*\n)*/;

/**
 * Write the declarations that a query lacks above it, of the prefixes that are known.
 * @param {any} editor
 * @param {Record<string, string>} known
 */
export function declare(editor, known) {
  const text = editor.getValue();
  const lines = missing(text)
    .filter((name) => Object.hasOwn(known, name))
    .map((name) => `PREFIX ${name}: <${known[name]}>`);
  if (lines.length === 0) return;
  const last = LAST_DECLARATION.exec(text);
  const at = last ? last.index + last[0].length : (HEADER.exec(text)?.[0].length ?? 0);
  const written = last ? `\n${lines.join("\n")}` : `${lines.join("\n")}\n`;
  editor.replaceRange(written, editor.posFromIndex(at), undefined, "+declare");
}

/**
 * The prefixes that a query uses and does not declare, in the order of their use.
 * @param {string} text
 */
export function missing(text) {
  const code = text.replace(NOT_CODE, " ");
  const declared = new Set([...code.matchAll(DECLARED)].map((match) => match[1]));
  const used = [...code.matchAll(USED)].map((match) => match[1]);
  return [...new Set(used)].filter((name) => !declared.has(name));
}
