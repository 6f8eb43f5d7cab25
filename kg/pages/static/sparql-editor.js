// @ts-check
/**
 * The field of a query as an editor, where YASQE was packed: colours, completion, prefixes, and
 * where the text stops being SPARQL. Its own completion is off, since it asks servers of others.
 */

import { createCompleter } from "./sparql-complete.js";

const KEYS = "Ctrl+Enter runs the query. Ctrl+Space completes a name. Tab leaves the editor.";
const MOST_EXPECTED = 8;

/**
 * The editor in place of a field; nothing where there is none, and the field stays where the text
 * is one that the editor stumbles over.
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} field
 */
export function createEditor(form, field) {
  const Yasqe = /** @type {any} */ (window).Yasqe;
  if (!Yasqe) return null;
  silence(Yasqe);
  const place = document.createElement("div");
  place.className = "editor";
  field.before(place);
  try {
    return editorIn(place, Yasqe, form, field);
  } catch {
    place.remove();
    field.hidden = false;
    return null;
  }
}

/**
 * @param {HTMLElement} place
 * @param {any} Yasqe
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} field
 */
function editorIn(place, Yasqe, form, field) {
  const yasqe = new Yasqe(place, optionsOf(field, () => form.requestSubmit(), () => completer.offer()));
  const cm = yasqe.getWrapperElement().CodeMirror;
  const completer = createCompleter(Yasqe, yasqe, form.dataset.vocabulary ?? "");
  const syntax = addNotes(place);
  field.hidden = true;
  yasqe.getInputField().setAttribute("role", "textbox"); // its other attributes go with that
  for (const label of field.labels) label.addEventListener("click", () => yasqe.focus());
  const check = () => {
    syntax.textContent = complaintOf(yasqe);
  };
  check();
  yasqe.on("changes", () => {
    unmark(cm);
    check();
  });
  yasqe.on("inputRead", (/** @type {any} */ _, /** @type {any} */ change) => completer.typed(change));

  return {
    /** Put what was written into the field, which the form sends. */
    save() {
      completer.declare();
      field.value = yasqe.getValue();
    },
    /** @param {string} text */
    write: (text) => yasqe.setValue(text),
    focus: () => yasqe.focus(),
    /**
     * Mark a place, and go there.
     * @param {number} line
     * @param {number} column
     * @param {boolean} goThere
     */
    mark(line, column, goThere) {
      cm.addLineClass(line - 1, "background", "wrong");
      if (!goThere) return;
      cm.setCursor({ line: line - 1, ch: column - 1 });
      cm.focus();
    },
  };
}

/**
 * Take out the completion that comes with the editor: it would ask servers of others, and keep a
 * list in the storage of the browser. The list of an editor is merged with these.
 * @param {any} Yasqe
 */
function silence(Yasqe) {
  Yasqe.Autocompleters = {};
  Yasqe.defaults.autocompleters = [];
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {() => void} run
 * @param {() => void} offer
 */
function optionsOf(field, run, offer) {
  return {
    value: field.value,
    persistenceId: null, // nothing is stored
    consumeShareLink: null,
    createShareableLink: null,
    showQueryButton: false,
    resizeable: false,
    syntaxErrorCheck: false, // below the editor it is said in words
    editorHeight: "auto",
    inputStyle: "contenteditable", // what a screen reader can read
    screenReaderLabel: `SPARQL query. ${KEYS}`,
    extraKeys: {
      Tab: false, // the keyboard is not kept in the editor
      "Shift-Tab": false,
      Esc: false, // it closes the list of offers, and leaves the cursor where it is
      "Ctrl-Enter": run,
      "Cmd-Enter": run,
      "Ctrl-Space": offer,
      "Ctrl-S": () => {},
    },
  };
}

/**
 * The line below the editor that says what is wrong, and what the keys do.
 * @param {HTMLElement} place
 */
function addNotes(place) {
  const syntax = document.createElement("p");
  syntax.className = "syntax";
  const keys = document.createElement("p");
  keys.className = "note keys";
  keys.textContent = KEYS;
  place.after(syntax, keys);
  return syntax;
}

/**
 * Where the text is no SPARQL 1.1, and what could stand there; empty where all is well.
 * @param {any} yasqe
 */
function complaintOf(yasqe) {
  for (let line = 0; line < yasqe.lineCount(); line += 1) {
    const { state } = yasqe.getTokenAt({ line, ch: yasqe.getLine(line).length }, true);
    if (state.OK === false) return `Line ${line + 1}: ${state.errorMsg ?? expectedBy(state)}`;
  }
  return "";
}

/** @param {any} state */
function expectedBy(state) {
  const wanted = state.possibleCurrent ?? [];
  const some = wanted.slice(0, MOST_EXPECTED).join("  ");
  return `not SPARQL 1.1.${some ? ` Wanted: ${some}${wanted.length > MOST_EXPECTED ? "  …" : ""}` : ""}`;
}

/** @param {any} cm */
function unmark(cm) {
  cm.eachLine((/** @type {any} */ line) => {
    cm.removeLineClass(line, "background", "wrong");
  });
}
