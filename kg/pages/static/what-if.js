// @ts-check
/**
 * What if: once there is an answer, the change of a field asks again, and the answer is headed by
 * what the change moves. The line in words and a record wait for "Ask".
 */
import { ask } from "./asking.js";
import { isAnother } from "./swap.js";

const REST = 150; // milliseconds, in which several changes are one question

let waiting = 0;

document.addEventListener("change", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
  if (field.form?.id !== "case" || !field.name || field.name === "question") return;
  clearTimeout(waiting);
  waiting = window.setTimeout(compare, REST);
});
document.addEventListener("submit", () => clearTimeout(waiting)); // whoever asks has asked

/** The button for it is there once there is an answer. */
function compare() {
  const button = document.querySelector("#case button[value=compare]");
  if (!(button instanceof HTMLButtonElement) || !button.form || isAnother(button.form)) return;
  ask(button.form, button, { quietly: true });
}
