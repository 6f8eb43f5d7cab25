// @ts-check
/**
 * The ask page without loading it anew: the form goes where it always goes, and the answer is taken
 * out of the page that comes back. Without this script the page does the same, page by page.
 */
import { ask, isPlain } from "./asking.js";
import "./combobox.js";
import "./copy.js";
import "./record.js";
import "./rows.js";
import "./what-if.js";

const DOWNLOADS = ["text", "md", "json", "csv", "ttl"];

/**
 * Whether a submit is a question to this page: no download, and nothing for another address.
 * @param {HTMLFormElement} form @param {HTMLElement | null} button
 */
function isQuestion(form, button) {
  if (form.id !== "case" || isPlain()) return false;
  if (!(button instanceof HTMLButtonElement)) return true;
  const path = (/** @type {string} */ address) => new URL(address).pathname;
  const isHere = !button.hasAttribute("formaction") || path(button.formAction) === path(form.action);
  return isHere && !DOWNLOADS.includes(button.value);
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const button = event.submitter;
  if (!isQuestion(form, button)) return;
  event.preventDefault();
  ask(form, button instanceof HTMLButtonElement ? button : null);
});
