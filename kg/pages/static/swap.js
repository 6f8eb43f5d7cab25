// @ts-check
/**
 * The parts of the page that came back, put in the place of those that are shown.
 *
 * Nobody's typing is overwritten: while somebody is at work in the form it stays, and the one that
 * came back is kept for the rows that it has more. A next step may lead to one of them.
 */

/** @type {{form: HTMLFormElement, fields: string} | null} a form that came back, and what it was made of */
let kept = null;

/** What only the server writes. */
const NOTES = ["before", "question-read", "record-read"];

/**
 * The fields of a form as they are sent.
 * @param {HTMLFormElement} form @param {HTMLButtonElement | null} [button]
 */
export function fieldsOf(form, button) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") fields.append(name, value);
  }
  if (button?.name) fields.append(button.name, button.value);
  return fields;
}

/**
 * Whether nothing was changed since a form was sent.
 * @param {HTMLFormElement} form @param {URLSearchParams} sent @param {HTMLButtonElement | null} button
 */
export const isUntouched = (form, sent, button) => String(fieldsOf(form, button)) === String(sent);

/**
 * Whether the line in words or the record was changed since it was read: then it is another
 * patient's, the rows are not, and only "Ask" may take the one for the other.
 * @param {HTMLFormElement} form
 */
export function isAnother(form) {
  const line = form.elements.namedItem("question");
  const read = form.elements.namedItem("question-read");
  const record = form.elements.namedItem("record");
  const differs =
    line instanceof HTMLInputElement && read instanceof HTMLInputElement && line.value.trim() !== read.value.trim();
  return differs || (record instanceof HTMLTextAreaElement && record.value !== record.defaultValue);
}

/** @param {Document} page */
export function takeAnswer(page) {
  const fresh = page.getElementById("answer");
  if (fresh) document.getElementById("answer")?.replaceWith(document.adoptNode(fresh));
}

/**
 * Take the form that came back, or keep it while the one that is shown is in use.
 * @param {Document} page @param {HTMLFormElement} form @param {boolean} isFree
 */
export function takeForm(page, form, isFree) {
  const fresh = page.getElementById("case");
  if (!(fresh instanceof HTMLFormElement)) return;
  kept = null;
  if (isFree) {
    form.replaceWith(document.adoptNode(fresh));
    return;
  }
  for (const name of NOTES) {
    const [old, now] = [form, fresh].map((each) => each.elements.namedItem(name));
    if (old instanceof HTMLInputElement && now instanceof Object && "value" in now) old.value = String(now.value);
  }
  kept = { form: fresh, fields: String(fieldsOf(form)) };
}

/** Lead back to the field that had the focus, in the form that took its place. @param {Element | null} was */
export function refocus(was) {
  if (was?.id) document.getElementById(was.id)?.focus({ preventScroll: true });
}

/** The row of the form that a link of the answer leads to. @param {string} id */
function rowOf(id) {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("case"));
  if (form && kept && String(fieldsOf(form)) === kept.fields) {
    form.replaceWith(document.adoptNode(kept.form));
    kept = null;
  }
  const term = kept?.form.querySelector(`#${CSS.escape(id)} > input[type=hidden]`)?.getAttribute("value");
  const same = term && form?.querySelector(`input[type=hidden][value="${CSS.escape(term)}"]`)?.parentElement;
  return same || document.getElementById(id);
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("#answer a[data-field]");
  if (!(link instanceof HTMLElement)) return;
  const row = rowOf(link.dataset.field ?? "");
  if (!row) return;
  event.preventDefault();
  const fields = ":checked, input:not([type=hidden], [type=radio]), select";
  const field = row.querySelector(fields) ?? row;
  if (field instanceof HTMLElement) field.focus({ preventScroll: true });
  row.scrollIntoView({ block: "center" });
});
