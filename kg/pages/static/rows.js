// @ts-check
/** More rows: a button with `data-add` puts a copy of the template of that name behind the last one. */

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest?.("button[data-add]");
  if (!(button instanceof HTMLButtonElement)) return;
  const name = button.dataset.add ?? "";
  const part = document.getElementById(name);
  const template = part?.querySelector("template");
  if (!part || !template) return;
  const row = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  number(row, nextNumber(part));
  const field = row.querySelector("input, select");
  template.before(row);
  if (field instanceof HTMLElement) field.focus();
});

/** One more than any number in the ids of the part. @param {Element} part */
function nextNumber(part) {
  const numbers = [...part.querySelectorAll("[id]")].map(({ id }) => Number(/-(\d+)/.exec(id)?.[1] ?? 0));
  return Math.max(0, ...numbers) + 1;
}

/** Put a number where the template has N. @param {DocumentFragment} row @param {number} number */
function number(row, number) {
  for (const each of row.querySelectorAll("*")) {
    for (const { name, value } of [...each.attributes]) {
      if (/^(id|name|for|aria-labelledby|aria-describedby)$/.test(name)) {
        each.setAttribute(name, value.replace(/-N\b/g, `-${number}`));
      }
    }
  }
}
